/** For tests: what the fake engine shows of its inside. */
import type { InsideProtocol } from "../engine/protocol/inside";
import { generatedOf, pixels } from "./fakeAnswers";
import type { Answers } from "./fakeEngine";

/** Two code places, one slot, a schedule of two times. */
export const insideAnswers: Pick<Answers, keyof InsideProtocol> = {
  inspectGenerate: ({ seed }) => ({ image: generatedOf(seed).image }),
  decodeLatents: ({ latents }) => pixels(latents[0] ?? 0),
  inspectFirstStage: ({ input }) => ({
    reconstruction: input,
    error: new Float32Array(1),
    codes: new Int32Array(1),
    codesSize: [1, 1],
    numCodes: 2,
    psnr: 30,
  }),
  truthSlots: ({ ids }) => ({
    slots: new Float32Array(2 * new Set(ids).size),
    numSlots: new Set(ids).size,
    ids: [...new Set(ids)].sort((a, b) => a - b),
  }),
  schedule: () => ({
    alphasCumprod: Float32Array.from([0.9, 0.1]),
    logSnr: Float32Array.from([2.2, -2.2]),
  }),
  generateVariants: ({ seeds }) => ({ images: seeds.map(pixels), elapsedMs: 20 }),
};
