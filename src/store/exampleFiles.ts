/** An example's files, fetched and taken apart. */
import type { Pixels } from "../engine/protocol";
import { attnPlace, exampleSchema, exampleUrls, noisyPlace, type Place } from "./exampleSchema";
import type { Example } from "./exampleState";
import type { Services } from "./services";

/** A part of a picture. */
function cut({ width, data }: Pixels, place: Place): Pixels {
  const out = new Uint8ClampedArray(place.width * place.height * 4);
  for (let y = 0; y < place.height; y++) {
    const from = ((place.top + y) * width + place.left) * 4;
    out.set(data.subarray(from, from + place.width * 4), y * place.width * 4);
  }
  return { width: place.width, height: place.height, data: out };
}

/** Rejects where a file is missing or is not what it should be. */
export async function fetchExample(
  { fetchBytes, decodeBitmap, readBitmap }: Services,
  id: string,
): Promise<Example> {
  const urls = exampleUrls(id);
  const [text, pictures, sheet] = await Promise.all([
    fetchBytes(urls.facts).then((file) => file.text()),
    fetchBytes(urls.pictures).then(decodeBitmap),
    fetchBytes(urls.values).then(decodeBitmap),
  ]);
  const facts = exampleSchema.parse(JSON.parse(text));
  const values = readBitmap(sheet);
  sheet.close();
  const area = facts.attnSize[0] * facts.attnSize[1];
  const attn = new Float32Array(facts.rounds * facts.numSlots * area);
  for (let round = 1; round <= facts.rounds; round++)
    for (let k = 0; k < facts.numSlots; k++) {
      const { data } = cut(values, attnPlace(facts, round, k));
      const at = ((round - 1) * facts.numSlots + k) * area;
      for (let i = 0; i < area; i++) attn[at + i] = (data[i * 4] ?? 0) / 255;
    }
  const noisy = facts.frames.map((_, frame) => cut(values, noisyPlace(facts, frame)));
  return { facts, pictures, attn, noisy };
}
