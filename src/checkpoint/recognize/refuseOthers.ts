/** Files of the same family that are no image model of SlotDiffusion: each is told by name. */
import { hasUnder, unlike, type TensorShapes } from "./tensorShapes";

type Other = { title: string; isIt: (shapes: TensorShapes) => boolean };

const others: Other[] = [
  {
    title: "a video model (SAViDiffusion, with a slot predictor)",
    isIt: (shapes) => hasUnder(shapes, "predictor."),
  },
  {
    title: "a slot dynamics model (SlotFormer)",
    isIt: (shapes) => hasUnder(shapes, "rollouter."),
  },
  {
    title: "a VQ-VAE alone, the first stage; the whole model has it inside",
    isIt: (shapes) => shapes.has("quantize.embedding.weight") && !hasUnder(shapes, "dm_decoder."),
  },
  {
    title: "a SLATE or STEVE model (with a transformer decoder)",
    isIt: (shapes) => hasUnder(shapes, "trans_decoder.") || hasUnder(shapes, "dvae."),
  },
  {
    title: "a Slot Attention model without a diffusion decoder",
    isIt: (shapes) => hasUnder(shapes, "slot_attention.") && !hasUnder(shapes, "dm_decoder."),
  },
  {
    title: "a diffusion model of pixels, without a VQ-VAE",
    isIt: (shapes) => hasUnder(shapes, "dm_decoder.") && !hasUnder(shapes, "dm_decoder.vae."),
  },
  {
    title: "a Vision Transformer alone; give it beside a checkpoint that lacks its encoder",
    isIt: (shapes) => [...shapes.keys()].some((key) => /^(vit\.)?embeddings\.cls_token$/.test(key)),
  },
];

/** Throws where the tensors are another model's, or nobody's that is known here. */
export function refuseOthers(shapes: TensorShapes): void {
  const other = others.find(({ isIt }) => isIt(shapes));
  if (other) throw unlike("an image model", other.title);
  if (hasUnder(shapes, "slot_attention.") && hasUnder(shapes, "dm_decoder.")) return;
  const some = [...shapes.keys()].slice(0, 4).join(", ");
  throw unlike("slot_attention and dm_decoder", `${shapes.size} tensors such as ${some}`);
}
