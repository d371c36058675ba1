/** For tests: a library scene whose slots win halves of a picture, left and right. */
import type { LibraryScene } from "../../store/spaceState";

/** @param side - of picture and masks; pixel (x, y) is [x, y, 0] */
export function halvesScene(side: number, id = "halves"): LibraryScene {
  const data = new Uint8ClampedArray(side * side * 4);
  const masks = new Float32Array(3 * side * side);
  for (let pixel = 0; pixel < side * side; pixel++) {
    const x = pixel % side;
    data.set([x, (pixel - x) / side, 0, 255], pixel * 4);
    masks[(x < side / 2 ? 0 : 1) * side * side + pixel] = 1; // slot 2 wins nothing
  }
  const picture = { width: side, height: side, data };
  return { id, title: "Halves", picture, numSlots: 3, masks, maskSize: [side, side] };
}
