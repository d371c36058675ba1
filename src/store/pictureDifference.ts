/** How far two pictures are apart. */
import type { Pixels } from "../engine/protocol";
import type { Difference } from "./compositionState";

/** Mean and largest absolute difference over red, green and blue, 0..255; alpha is not read. */
export function pictureDifference(a: Pixels, b: Pixels): Difference {
  if (a.width !== b.width || a.height !== b.height)
    throw new Error(
      `pictureDifference: expected two pictures of ${a.width}x${a.height}, got one of ${b.width}x${b.height}.`,
    );
  let [sum, max] = [0, 0];
  for (let i = 0; i < a.data.length; i++) {
    if (i % 4 === 3) continue;
    const difference = Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0));
    sum += difference;
    max = Math.max(max, difference);
  }
  return { mean: sum / (a.width * a.height * 3), max };
}

/** "It differs by 0.02 levels of 255 on average, by 1 at most." */
export function differenceText({ mean, max }: Difference): string {
  if (max === 0) return "The two pictures are the same in every pixel.";
  const average = mean < 0.01 ? "less than 0.01" : mean.toFixed(2);
  return `The two pictures differ by ${average} levels of 255 on average, by ${max} at most.`;
}
