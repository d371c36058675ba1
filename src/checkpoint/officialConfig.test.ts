import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { clevrtexConfig, cocoConfig } from "../../tests/officialConfigs";
import { tinyConfig } from "../../tests/tinyConfig";
import { modelConfigSchema } from "../slotdiffusion/config";
import { officialConfig } from "./officialConfig";
import { officialDifferences } from "./officialDifferences";

const clevr64 = modelConfigSchema.parse(
  JSON.parse(readFileSync("models/clevr64/config.json", "utf8")),
);

/** `name = value` and `name=value,` lines of a Python text, blanks left out. */
const assignments = (text: string): string[] =>
  text
    .split("\n")
    .map((line) =>
      line
        .trim()
        .replace(/,$/, "")
        .replace(/\s*=\s*/, "="),
    )
    .filter((line) => /^\w+=/.test(line));

describe("officialConfig", () => {
  it("has the fields and values of the authors' CLEVRTex configuration", () => {
    const text = officialConfig(clevrtexConfig, "model.pth");
    // img_based/configs/sa_ldm/sa_ldm_clevrtex_params-res128.py: what belongs to the model
    for (const line of [
      ...["model='SADiffusion'", "resolution=(128, 128)", "img_ch=3", "slot_size=192"],
      ...["num_slots=11", "slot_mlp_size=384", "num_iterations=3"],
      ...["resnet='resnet18'", "use_layer4=False", "enc_out_channels=192"],
      ...["latent_ch=3", "vae_type='VQVAE'", "z_channels=3", "ch=64", "ch_mult=[1, 2, 4]"],
      ...["attn_resolutions=[]", "n_embed=4096", "embed_dim=latent_ch", "percept_loss_w=1.0"],
      ...["model_channels=128", "num_res_blocks=2", "attention_resolutions=(8, 4, 2)"],
      ...["dropout=0.1", "channel_mult=(1, 2, 3, 4)", "dims=2", "num_head_channels=32"],
      ...["context_dim=slot_size", "n_embed=None", "use_ema=False", "pred_target='eps'"],
      ...["z_scale_factor=1", "timesteps=1000", "beta_schedule='linear'", "linear_start=0.0015"],
      ...["linear_end=0.0195", "cosine_s=0.008", "log_every_t=200", "logvar_init=0."],
      ...["conditioning_key='crossattn'", "cond_stage_key='slots'", "denoise_loss_w=1."],
    ])
      expect(assignments(text), line).toContain(line);
    expect(text).toContain("\n    dec_dict = dict(\n        resolution=tuple(res // 4 for res in");
    expect(text).toContain("\n        diffusion_dict=dict(\n            pred_target='eps',\n");
    expect(text).toMatch(/^# CLEVRTex, for the authors' code: .*\n# Weights: model\.pth; /);
    expect(text).toContain("# That code builds this model as it is.");
  });

  it("names DINO as the authors do", () => {
    const lines = assignments(officialConfig(cocoConfig, "model.pth"));
    expect(lines).toContain("dino='dino-vits8'");
    expect(lines).toContain("patch_size=8");
    expect(lines).toContain("small_size=True");
    expect(officialDifferences(cocoConfig)).toEqual([]);
  });

  it("says what to change for models that the authors' code cannot build", () => {
    const text = officialConfig(clevr64, "clevr.pth");
    expect(text).toContain("self.slots_mu = nn.Parameter(torch.zeros(1, 1, 128))");
    expect(text).toContain("GroupNorm32(8, channels)");
    expect(text).toContain("strides 2, 1, 1, 1");
    expect(text).toContain("area averages");
    expect(assignments(text)).toContain("enc_channels=(3, 32, 32, 48, 64)");
    expect(assignments(text)).toContain("z_scale_factor=0.9130632281303406");
    expect(officialDifferences(tinyConfig).join("\n")).toMatch(/16, 32, 64 channels with 1, 1, 1/);
    const target = { ...clevrtexConfig.diffusion, pred_target: "v" as const, vq_denoised: false };
    const other = officialDifferences({ ...clevrtexConfig, diffusion: target });
    expect(other).toHaveLength(2);
    expect(other.join()).toMatch(/target 'v'.*vq_denoised = False/);
  });

  it("keeps a name that is not one line out of the code", () => {
    const named = { ...clevrtexConfig, name: "a\nimport os\r\nb" };
    const text = officialConfig(named, "a\nb.pth");
    expect(text).not.toMatch(/^\s*import os/m);
    expect(text).toMatch(/^# a import os b, for/);
  });
});
