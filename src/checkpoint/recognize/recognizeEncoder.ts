/** The image encoder by the shapes of its tensors: plain CNN, ResNet-18 or DINO; and the resolution it was made for. */
import type { EncoderConfig } from "../../slotdiffusion/config";

import { dinoLike, type DinoSizes } from "./dinoFiles";
import { countNumbered, hasUnder, lengths, likelyGroups, sameOf, unlike } from "./tensorShapes";
import type { TensorShapes } from "./tensorShapes";

/** An encoder, and what had to be assumed about it. */
export type RecognizedEncoder = {
  encoder: EncoderConfig;
  resolution: [height: number, width: number];
  assumptions: string[];
  /** The file has no encoder's weights; this published one's fit. */
  missingDino: DinoSizes | null;
};

type Grid = [height: number, width: number] | null;

/** Throws where the encoder is none of ours. */
export function recognizeEncoder(shapes: TensorShapes): RecognizedEncoder {
  const [enc_out_channels] = lengths(shapes, "encoder_out_layer.1.weight", 2);
  const grid = findGrid(shapes);
  if (hasUnder(shapes, "encoder.dino.")) return recognizeDino(shapes, enc_out_channels, grid);
  if (shapes.has("encoder.conv1.weight")) return recognizeResnet(shapes, enc_out_channels, grid);
  if (shapes.has("encoder.0.0.weight")) return recognizeCnn(shapes, enc_out_channels, grid);
  if (!hasUnder(shapes, "encoder.")) return withoutEncoder(shapes, enc_out_channels, grid);
  const example = [...shapes.keys()].find((key) => key.startsWith("encoder.")) ?? "";
  throw unlike("a CNN, ResNet-18 or DINO encoder", `${example} among the encoder's tensors`);
}

/** Size of the encoder's feature map, which the buffer of the position embedding has. */
function findGrid(shapes: TensorShapes): Grid {
  if (!shapes.has("encoder_pos_embedding.grid")) return null;
  const [, height, width] = lengths(shapes, "encoder_pos_embedding.grid", 4);
  return [height, width];
}

/** A resolution from the feature map's size, or the official one where the file does not have that. */
function resolutionOf(grid: Grid, stride: number, official: number) {
  if (!grid)
    return {
      resolution: [official, official] satisfies [number, number],
      assumptions: [`pictures of ${official}×${official}`],
    };
  const resolution: [number, number] = [grid[0] * stride, grid[1] * stride];
  return { resolution, assumptions: [] };
}

/** Its first convolution halves the picture in the official models of more than 64 pixels and in ours. */
function recognizeCnn(
  shapes: TensorShapes,
  enc_out_channels: number,
  grid: Grid,
): RecognizedEncoder {
  const count = countNumbered(shapes, "encoder.");
  const convs = Array.from({ length: count }, (_, i) =>
    lengths(shapes, `encoder.${i}.0.weight`, 4),
  );
  const kernels = convs.map(([, , kernel]) => kernel);
  const strides = convs.map((_, i) => (i === 0 ? 2 : 1));
  const { resolution, assumptions } = resolutionOf(grid, 2, 128);
  return {
    encoder: {
      kind: "cnn",
      enc_channels: [convs[0]?.[1] ?? 0, ...convs.map(([channels]) => channels)],
      enc_ks: sameOf(kernels, "kernel size of the encoder"),
      strides,
      enc_out_channels,
    },
    resolution,
    assumptions: [`encoder strides ${strides.join(", ")}`, ...assumptions],
    missingDino: null,
  };
}

function recognizeResnet(
  shapes: TensorShapes,
  enc_out_channels: number,
  grid: Grid,
): RecognizedEncoder {
  const [, , kernel] = lengths(shapes, "encoder.conv1.weight", 4);
  const isBottleneck = shapes.has("encoder.layer1.0.conv3.weight");
  if (kernel !== 3 || isBottleneck || hasUnder(shapes, "encoder.layer4."))
    throw unlike(
      "a ResNet-18 with a 3×3 stem and three layers (small_inputs=True, use_layer4=False)",
      kernel !== 3 ? `a ${kernel}×${kernel} stem` : isBottleneck ? "bottleneck blocks" : "layer4",
    );
  const layers = [1, 2, 3].map((layer) => `encoder.layer${layer}.`);
  const widths = layers.map((layer) => lengths(shapes, `${layer}0.conv1.weight`, 4)[0]);
  const blocks = layers.map((layer) => countNumbered(shapes, layer));
  return {
    encoder: {
      kind: "resnet18",
      widths,
      blocks,
      norm_groups: likelyGroups(widths),
      enc_out_channels,
    },
    ...resolutionOf(grid, 4, 128),
    missingDino: null,
  };
}

function recognizeDino(
  shapes: TensorShapes,
  enc_out_channels: number,
  grid: Grid,
): RecognizedEncoder {
  const root = "encoder.dino.";
  const patches = `${root}embeddings.patch_embeddings.projection.weight`;
  const [hidden_size, , patch] = lengths(shapes, patches, 4);
  const [, positions] = lengths(shapes, `${root}embeddings.position_embeddings`, 3);
  const [mlp_size] = lengths(shapes, `${root}encoder.layer.0.intermediate.dense.weight`, 2);
  const layers = countNumbered(shapes, `${root}encoder.layer.`);
  const side = Math.round(Math.sqrt(positions - 1));
  const map: Grid = grid ?? [side, side];
  if (map[0] * map[1] !== positions - 1)
    throw unlike(`position embeddings for ${map.join("×")} patches`, `${positions - 1}`);
  const heads = Math.max(1, Math.floor(hidden_size / 64));
  return {
    encoder: {
      kind: "dino",
      ...{ hidden_size, layers, heads, mlp_size, patch, layer_norm_eps: 1e-12, enc_out_channels },
    },
    ...resolutionOf(map, patch, 224),
    assumptions: [`${heads} heads in the DINO encoder`],
    missingDino: null,
  };
}

/** The position embedding's width tells which of the published encoders the rest was trained with. */
function withoutEncoder(
  shapes: TensorShapes,
  enc_out_channels: number,
  grid: Grid,
): RecognizedEncoder {
  const [hidden] = lengths(shapes, "encoder_pos_embedding.dense.weight", 2);
  const dino = dinoLike(hidden, grid?.[0] ?? null);
  if (!dino) throw unlike("an encoder", `none, and no DINO encoder has ${hidden} channels`);
  const { hidden_size, layers, heads, mlp_size, patch } = dino;
  return {
    encoder: {
      kind: "dino",
      ...{ hidden_size, layers, heads, mlp_size, patch, layer_norm_eps: 1e-12, enc_out_channels },
    },
    ...resolutionOf(grid, patch, 224),
    assumptions: [`the published ${dino.name} as encoder`],
    missingDino: dino,
  };
}
