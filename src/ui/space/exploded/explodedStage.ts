/** A scene taken apart on a stage: a plane a slot, one behind the other. */
import {
  Color,
  DataTexture,
  DoubleSide,
  EdgesGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  LinearFilter,
  Mesh,
  MeshBasicMaterial,
  PlaneGeometry,
  SRGBColorSpace,
} from "three";

import type { Pixels } from "../../../engine/protocol";
import { slotRgb } from "../../common/slotColors";
import type { Stage, StageView } from "../stage/stage";
import type { Layer } from "./layers";

export type ExplodedContent = {
  /** Back to front. */
  layers: readonly Layer[];
  /** Between two planes, in widths of the picture. */
  distance: number;
};

/** Side of a plane on the stage. */
const side = 1.5;

function createTexture({ width, height, data }: Pixels): DataTexture {
  const flipped = new Uint8Array(data.length); // a texture begins at its bottom
  const line = width * 4;
  for (let y = 0; y < height; y++)
    flipped.set(data.subarray(y * line, (y + 1) * line), (height - 1 - y) * line);
  const texture = new DataTexture(flipped, width, height);
  texture.colorSpace = SRGBColorSpace;
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return texture;
}

/** A plane with its frame in the slot's colour. */
function createPlane({ index, pixels }: Layer) {
  const plane = new PlaneGeometry(side, side);
  const frame = new EdgesGeometry(plane);
  const map = createTexture(pixels);
  // Where a slot has nothing, the planes behind are seen: such pixels are left out, and nothing has to be sorted.
  const paint = new MeshBasicMaterial({ map, alphaTest: 0.5, side: DoubleSide });
  const [red, green, blue] = slotRgb(index);
  const color = new Color().setStyle(`rgb(${red}, ${green}, ${blue})`);
  const ink = new LineBasicMaterial({ color });
  const group = new Group();
  group.add(new Mesh(plane, paint), new LineSegments(frame, ink));
  return {
    group,
    dispose: () => {
      for (const each of [plane, frame, map, paint, ink]) each.dispose();
    },
  };
}

/** Puts a scene's layers on a stage. */
export function createExplodedView({ scene }: Stage): StageView<ExplodedContent> {
  let layers: readonly Layer[] | null = null;
  let planes: ReturnType<typeof createPlane>[] = [];
  const clear = (): void => {
    for (const { group, dispose } of planes) {
      scene.remove(group);
      dispose();
    }
    planes = [];
  };
  return {
    show: (content) => {
      if (layers !== content.layers) {
        clear();
        layers = content.layers;
        planes = layers.map(createPlane);
        for (const { group } of planes) scene.add(group);
      }
      const middle = (planes.length - 1) / 2;
      // A hair apart even when closed, so that no two planes fight over a pixel.
      const gap = Math.max(0.001, content.distance * side);
      for (const [i, { group }] of planes.entries()) group.position.z = (i - middle) * gap;
    },
    dispose: clear,
  };
}
