/**
 * Features of pictures from an openly licensed network: nsfwjs's MobileNetV2 or InceptionV3 (MIT), fine-tuned by its
 * authors on another task than ImageNet. Distances over them are named after it; they are no LPIPS and no FID.
 *
 * Pictures in 0..1, enlarged to the network's size bilinearly between pixel centres.
 */
import * as tf from "@tensorflow/tfjs-core";
import {
  loadLayersModel,
  model as buildModel,
  type LayersModel,
  type SymbolicTensor,
} from "@tensorflow/tfjs-layers";

import { UnsupportedDeviceError } from "../../src/errors";
import type { Backbone, Features } from "../../src/evaluation/features";
import type { FeatureMap } from "../../src/metrics/featureDistance";
import type { Picture } from "../../src/metrics/imageQuality";

export type BackboneName = "mobilenet" | "inception";

type BackboneEntry = {
  /** How metrics over it are named. */
  title: string;
  module: string;
  exportName: string;
  /** Pixels a side. */
  side: number;
  /** Compared by the perceptual distance, from fine to coarse; the last one's mean over positions is the feature vector. */
  layers: readonly string[];
};

const backbones: Record<BackboneName, BackboneEntry> = {
  mobilenet: {
    title: "NsfwMobileNet",
    module: "nsfwjs/models/mobilenet_v2",
    exportName: "MobileNetV2Model",
    side: 224,
    layers: [
      "Conv1_relu",
      "block_3_expand_relu",
      "block_6_expand_relu",
      "block_13_expand_relu",
      "out_relu",
    ],
  },
  inception: {
    title: "NsfwInception",
    module: "nsfwjs/models/inception_v3",
    exportName: "InceptionV3Model",
    side: 299,
    layers: ["activation_3", "activation_5", "mixed2", "mixed7", "mixed10"],
  },
};

/** Loads a network on the backend in use, from its npm package. */
export async function openBackbone(name: BackboneName): Promise<Backbone> {
  const { title, side, layers, ...source } = backbones[name];
  const whole = await loadLayersModel(tf.io.fromMemory(await readArtifacts(source)));
  const network = cutNetwork(whole, layers);
  return {
    title,
    side,
    layers,
    async *look(pictures) {
      for (let at = 0; at < pictures.length; at += picturesAtOnce)
        yield* await lookAt(network, side, pictures.slice(at, at + picturesAtOnce));
    },
  };
}

const picturesAtOnce = 8;

/** A package's files: the topology as tfjs-layers writes it, and weights as base64. */
type Definition = {
  modelJson: () => Promise<{ default: tf.io.ModelJSON }>;
  weightBundles: (() => Promise<{ default: string }>)[];
};

async function readArtifacts({
  module,
  exportName,
}: Pick<BackboneEntry, "module" | "exportName">): Promise<tf.io.ModelArtifacts> {
  const { modelJson, weightBundles } = await importDefinition(module, exportName);
  const { modelTopology, weightsManifest } = (await modelJson()).default;
  const bundles: Buffer[] = [];
  for (const bundle of weightBundles) bundles.push(Buffer.from((await bundle()).default, "base64"));
  return {
    modelTopology,
    weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
    weightData: new Uint8Array(Buffer.concat(bundles)).buffer,
  };
}

/** By a computed name: the package's own types would open `Window` to any key in the whole project. */
async function importDefinition(module: string, exportName: string): Promise<Definition> {
  try {
    const exports = (await import(module)) as Record<string, Definition>;
    const definition = exports[exportName];
    if (definition) return definition;
  } catch (error) {
    throw new UnsupportedDeviceError(
      `--perceptual: expected the package nsfwjs 4.3.0, got ${String(error)}. Run npm install.`,
      { cause: error },
    );
  }
  throw new Error(`backbone: expected ${exportName} in ${module}, got none.`);
}

const cutNetwork = (whole: LayersModel, layers: readonly string[]): LayersModel =>
  buildModel({
    inputs: whole.inputs,
    outputs: layers.map((name) => whole.getLayer(name).output as SymbolicTensor), // one node, one output each
  });

async function lookAt(
  network: LayersModel,
  side: number,
  pictures: readonly Picture[],
): Promise<Features[]> {
  const B = pictures.length;
  const outputs = tf.tidy(() => {
    const images = tf.stack(
      pictures.map(({ values, height, width }) =>
        tf.tensor3d(Float32Array.from(values), [height, width, 3]),
      ),
    ) as tf.Tensor4D; // [B, H, W, 3]
    const wide = tf.image.resizeBilinear(images, [side, side], false, true);
    return network.predict(wide, { batchSize: B }) as tf.Tensor4D[]; // several outputs
  });
  const values = await Promise.all(outputs.map((output) => output.data<"float32">()));
  const channels = outputs.map((output) => output.shape[3]);
  tf.dispose(outputs);
  return Array.from({ length: B }, (_, i) => {
    const maps = values.map((all, layer): FeatureMap => {
      const length = all.length / B;
      return { channels: channels[layer] ?? 0, values: all.subarray(i * length, (i + 1) * length) };
    });
    return { maps, vector: meanVector(maps.at(-1)) };
  });
}

/** Mean over positions [channels]. */
function meanVector(map: FeatureMap | undefined): Float32Array {
  if (!map) throw new Error("backbone: expected a layer to look at, got none.");
  const { channels, values } = map;
  const sums = new Float32Array(channels);
  for (let i = 0; i < values.length; i++)
    sums[i % channels] = (sums[i % channels] ?? NaN) + (values[i] ?? NaN);
  return sums.map((sum) => (sum * channels) / values.length);
}
