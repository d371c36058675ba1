/**
 * A model's tensors as the authors' trainer saves them: every key of SADiffusion.state_dict(), and what its --weight
 * option reads beside them (nerv, training/method.py, load_ckp) as it is before the first step.
 */
import { specEntries } from "../../nn/params";
import type { PickleFloat, PickleValue } from "../../checkpoint/pickleWriter";
import type { WritableTensor } from "../../checkpoint/safetensors";
import { createSchedule } from "../../diffusion/schedule";
import type { ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";

/** Adds the schedule's buffers, which are no parameters here, where the official model has them. */
export function officialTensors(
  config: ModelConfig,
  tensors: readonly WritableTensor[],
): WritableTensor[] {
  const at = tensors.findIndex(({ key }) => key.startsWith("dm_decoder."));
  return [...tensors.slice(0, at), ...scheduleBuffers(config), ...tensors.slice(at)];
}

/** img_based/models/ddpm/ddpm.py, DDPM.register_schedule, in its order. */
function scheduleBuffers({ diffusion }: ModelConfig): WritableTensor[] {
  const schedule = createSchedule(diffusion);
  const buffers: [name: string, values: Float32Array][] = [
    ["betas", schedule.betas],
    ["alphas_bar", schedule.alphasCumprod],
    ["alphas_bar_prev", schedule.alphasCumprodPrev],
    ["sqrt_alphas_bar", schedule.sqrtAlphasCumprod],
    ["sqrt_one_minus_alphas_bar", schedule.sqrtOneMinusAlphasCumprod],
    ["log_one_minus_alphas_bar", schedule.logOneMinusAlphasCumprod],
    ["sqrt_recip_alphas_bar", schedule.sqrtRecipAlphasCumprod],
    ["sqrt_recipm1_alphas_bar", schedule.sqrtRecipm1AlphasCumprod],
    ["posterior_variance", schedule.posteriorVariance],
    ["posterior_log_variance_clipped", schedule.posteriorLogVarianceClipped],
    ["posterior_mean_coef1", schedule.posteriorMeanCoef1],
    ["posterior_mean_coef2", schedule.posteriorMeanCoef2],
  ];
  return buffers.map(([name, values]) => ({
    key: `dm_decoder.${name}`,
    shape: [values.length],
    values,
    dtype: "F32",
  }));
}

const float = (value: number): PickleFloat => ({ kind: "float", value });

/**
 * What the authors' trainer reads beside the weights to go on from epoch 0: an optimizer without moments, a schedule and a
 * loss scale at their start. `config`: our config.json's text, which their code leaves aside.
 */
export function trainerState(config: ModelConfig): Map<string, PickleValue> {
  const keys = specEntries(modelSpec(config))
    .filter(([, leaf]) => !leaf.isBuffer)
    .map(([key]) => key);
  const decoder = keys.filter((key) => key.startsWith("dm_decoder."));
  const learns = keys.filter(
    (key) => !key.startsWith("dm_decoder.") && !key.startsWith("encoder.dino."), // DINO is frozen
  );
  return new Map<string, PickleValue>([
    ["opt_state_dict", adamState(learns.length, decoder.length)],
    ["it", 0],
    ["epoch", 0],
    ["best_metric_dict", null],
    ["scheduler_state_dict", new Map()],
    ["scheduler_method", "step"],
    ["grad_scaler", gradScaler()],
    ["config", JSON.stringify(config)],
  ]);
}

/** torch.optim.Adam.state_dict(): two groups whose parameters are numbered, as SADiffusionMethod makes them. */
function adamState(learns: number, decoder: number): Map<string, PickleValue> {
  const group = (first: number, count: number): Map<string, PickleValue> =>
    new Map<string, PickleValue>([
      ["lr", float(0)], // warm-up sets it from here on
      ["betas", [float(0.9), float(0.999)]],
      ["eps", float(1e-8)],
      ["weight_decay", float(0)],
      ["amsgrad", false],
      ["params", Array.from({ length: count }, (_, i) => first + i)],
    ]);
  return new Map<string, PickleValue>([
    ["state", new Map()],
    ["param_groups", [group(0, learns), group(learns, decoder)]],
  ]);
}

/** torch.cuda.amp.GradScaler.state_dict() at its defaults, read in fp16 training. */
const gradScaler = (): Map<string, PickleValue> =>
  new Map<string, PickleValue>([
    ["scale", float(65536)],
    ["growth_factor", float(2)],
    ["backoff_factor", float(0.5)],
    ["growth_interval", 2000],
    ["_growth_tracker", 0],
  ]);
