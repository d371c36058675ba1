/**
 * Golden tensors of the official implementation (tests/fixtures, see its README), read by a reader of their own:
 * what checks the checkpoint code must not be the checkpoint code.
 */
import * as tf from "@tensorflow/tfjs-core";

import { fromOfficial } from "../src/checkpoint/layout";
import { buildParams, type Params } from "../src/nn/params";
import { isBrowser } from "./backends";

export type Golden = { shape: number[]; values: Float32Array | Int32Array };
export type Meta = { absmax?: number; fp64_ref_maxabsdiff?: number; layout?: string };
export type Fixture = {
  name: string;
  tensors: Map<string, Golden>;
  manifest: Record<string, unknown> & { tensors?: Record<string, Meta> };
};

/** Bytes of a file in tests/fixtures, from disk in Node and from the dev server in the browser. */
export async function fixtureBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  if (isBrowser) {
    const response = await fetch(`/tests/fixtures/${file}`);
    if (!response.ok) throw new Error(`tests: ${file} answered ${response.status}.`);
    return new Uint8Array(await response.arrayBuffer());
  }
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(`tests/fixtures/${file}`));
}

export const fixtureJson = async <T>(file: string): Promise<T> =>
  JSON.parse(new TextDecoder().decode(await fixtureBytes(file))) as T;

/** `name`.safetensors with its manifest `name`.json. */
export async function loadFixture(name: string): Promise<Fixture> {
  const bytes = await fixtureBytes(`${name}.safetensors`);
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)),
  ) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>;
  delete header["__metadata__"];
  const tensors = new Map<string, Golden>();
  for (const [key, { dtype, shape, data_offsets }] of Object.entries(header)) {
    const data = bytes.slice(
      8 + headerLength + data_offsets[0],
      8 + headerLength + data_offsets[1],
    ).buffer;
    tensors.set(key, {
      shape,
      values: dtype === "I32" ? new Int32Array(data) : new Float32Array(data),
    });
  }
  return { name, tensors, manifest: await fixtureJson(`${name}.json`) };
}

export function golden(fixture: Fixture, key: string): Golden {
  const tensor = fixture.tensors.get(key);
  if (!tensor)
    throw new Error(
      `tests: ${fixture.name} has no ${key}; it has ${[...fixture.tensors.keys()].join(", ")}.`,
    );
  return tensor;
}

/** A golden tensor as it is stored. */
export function asTensor<R extends tf.Rank>(fixture: Fixture, key: string): tf.Tensor<R> {
  const { shape, values } = golden(fixture, key);
  return tf.tensor(
    values,
    shape as tf.ShapeMap[R],
    values instanceof Int32Array ? "int32" : "float32",
  );
}

/** A golden NCHW tensor as NHWC. */
export const asNHWC = (fixture: Fixture, key: string): tf.Tensor4D =>
  tf.tidy(() => tf.transpose(asTensor<tf.Rank.R4>(fixture, key), [0, 2, 3, 1]));

/** The parameters of a spec out of a fixture's official weights; `prefix` comes before every key there. */
export const fixtureParams = <S extends object>(
  fixture: Fixture,
  spec: S,
  prefix = "",
): Params<S> =>
  buildParams(spec, (key, leaf) => {
    const { shape, values } = golden(fixture, prefix + key);
    if (shape.join() !== leaf.officialShape.join())
      throw new Error(
        `tests: ${prefix}${key} is [${shape}], the spec says [${leaf.officialShape}].`,
      );
    return tf.tensor(fromOfficial(leaf, values as Float32Array), leaf.shape);
  });
