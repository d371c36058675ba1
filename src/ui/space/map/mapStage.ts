/** The map of slots on a stage: a disc a slot with its thumbnail and its concept's colour, all drawn by one call. */
import {
  BoxGeometry,
  BufferAttribute,
  BufferGeometry,
  Color,
  DataTexture,
  EdgesGeometry,
  Float32BufferAttribute,
  InstancedBufferAttribute,
  InstancedBufferGeometry,
  LinearFilter,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  RawShaderMaterial,
  GLSL3,
  Vector3,
} from "three";

import type { SlotMap, LibraryScene } from "../../../store/spaceState";
import { slotRgb } from "../../common/slotColors";
import type { Stage, StageView } from "../stage/stage";
import { paintAtlas, tileSide } from "./atlas";
import { discAt, discNear, discWidth, type Disc } from "./discs";
import fragmentShader from "./disc.frag?raw";
import vertexShader from "./disc.vert?raw";

export type MapContent = {
  map: SlotMap;
  scenes: readonly LibraryScene[];
  /** Concept of each row, -1 for none; null before they are known. */
  labels: Int32Array | null;
  picked: number | null;
  /** Rows of the picked one's nearest slots. */
  neighbours: readonly number[];
  onPick: (row: number) => void;
};

/** A dead slot's disc, and one that stands out, beside the others. */
const scales = { dead: 0.55, plain: 1, lit: 1.5 };
/** Without a concept. */
const grey = [124, 135, 148] as const;

function createDiscs() {
  const geometry = new InstancedBufferGeometry();
  const corners = [-1, -1, 0, 1, -1, 0, 1, 1, 0, -1, 1, 0];
  geometry.setAttribute("position", new Float32BufferAttribute(corners, 3));
  geometry.setIndex([0, 1, 2, 0, 2, 3]);
  geometry.instanceCount = 0;
  const uniforms = {
    atlas: { value: null as DataTexture | null },
    columns: { value: 1 },
    radius: { value: 0.1 },
    back: { value: new Color() },
  };
  const material = new RawShaderMaterial({
    uniforms,
    vertexShader,
    fragmentShader,
    glslVersion: GLSL3,
  });
  const mesh = new Mesh(geometry, material);
  mesh.frustumCulled = false; // its own four corners say nothing of where the discs are
  return { geometry, material, mesh, uniforms };
}

/** The cube that the points fill, and lines from the picked slot to its neighbours. */
function createLines() {
  const box = new BoxGeometry(2, 2, 2);
  const cube = new LineSegments(new EdgesGeometry(box), new LineBasicMaterial());
  box.dispose();
  const rays = new LineSegments(new BufferGeometry(), new LineBasicMaterial());
  rays.frustumCulled = false;
  return {
    cube,
    rays,
    dispose: () => {
      for (const { geometry, material } of [cube, rays]) {
        geometry.dispose();
        material.dispose();
      }
    },
  };
}

/** What each disc is drawn with [N, 3], [N, 3], [N]. */
function discAttributes({ map, labels, picked, neighbours }: MapContent) {
  const { origins } = map.library;
  const near = new Set(neighbours);
  const colors = new Float32Array(origins.length * 3);
  const sizes = new Float32Array(origins.length);
  for (const [row, { isDead }] of origins.entries()) {
    const label = labels?.[row] ?? -1;
    const rgb = label < 0 ? grey : slotRgb(label);
    colors.set(
      rgb.map((value) => value / 255),
      row * 3,
    );
    const plain = isDead ? scales.dead : scales.plain;
    sizes[row] = row === picked ? scales.lit * 1.3 : near.has(row) ? scales.lit : plain;
  }
  return { colors, sizes };
}

/**
 * Gives a geometry numbers to draw. Buffers of the same length are filled again: three.js deletes a buffer with its
 * geometry only, so each one that were replaced would stay on the GPU.
 */
function putNumbers(
  geometry: BufferGeometry,
  numbers: Record<string, [values: Float32Array, itemSize: number]>,
): void {
  const isSame = Object.entries(numbers).every(
    ([name, [values]]) => geometry.attributes[name]?.array.length === values.length,
  );
  if (!isSame) geometry.dispose();
  for (const [name, [values, itemSize]] of Object.entries(numbers)) {
    const known = geometry.attributes[name];
    if (isSame && known) {
      known.array.set(values);
      known.needsUpdate = true;
    } else geometry.setAttribute(name, attributeOf(geometry, values.slice(), itemSize));
  }
}

const attributeOf = (geometry: BufferGeometry, values: Float32Array, itemSize: number) =>
  geometry instanceof InstancedBufferGeometry
    ? new InstancedBufferAttribute(values, itemSize)
    : new BufferAttribute(values, itemSize);

/** Ends of the lines, two points a neighbour. */
function rayPoints({ map: { points }, picked, neighbours }: MapContent): Float32Array {
  if (picked === null) return new Float32Array(0);
  const at = (row: number): number[] => [...points.subarray(row * 3, row * 3 + 3)];
  return Float32Array.from(neighbours.flatMap((row) => [...at(picked), ...at(row)]));
}

function createAtlasTexture({ map, scenes }: MapContent): {
  texture: DataTexture;
  columns: number;
} {
  const { columns, data } = paintAtlas(map.library, scenes);
  const texture = new DataTexture(data, columns * tileSide, columns * tileSide);
  texture.magFilter = LinearFilter;
  texture.minFilter = LinearFilter;
  texture.needsUpdate = true;
  return { texture, columns };
}

/** Where the discs are on the screen now. */
function projectDiscs({ camera, size }: Stage, content: MapContent, radius: number): Disc[] {
  const [width, height] = size();
  camera.updateMatrixWorld();
  const { sizes } = discAttributes(content);
  const focal = (camera.projectionMatrix.elements[5] ?? NaN) * (height / 2);
  const point = new Vector3();
  return [...sizes].flatMap((scale, row) => {
    point.fromArray(content.map.points, row * 3).applyMatrix4(camera.matrixWorldInverse);
    const depth = -point.z;
    if (depth <= 0) return [];
    point.applyMatrix4(camera.projectionMatrix);
    const [x, y] = [((point.x + 1) / 2) * width, ((1 - point.y) / 2) * height];
    return [{ x, y, depth, row, radius: (radius * scale * focal) / depth }];
  });
}

type Drawn = ReturnType<typeof createDiscs> & { lines: ReturnType<typeof createLines> };

/** Hands the GPU what has changed; the atlas with the library alone. */
function update(
  { uniforms, geometry, lines }: Drawn,
  content: MapContent,
  hasAtlas: boolean,
): void {
  if (!hasAtlas) {
    uniforms.atlas.value?.dispose();
    const { texture, columns } = createAtlasTexture(content);
    uniforms.atlas.value = texture;
    uniforms.columns.value = columns;
  }
  const { colors, sizes } = discAttributes(content);
  uniforms.radius.value = discWidth(sizes.length) / 2;
  putNumbers(geometry, { center: [content.map.points, 3], ring: [colors, 3], scale: [sizes, 1] });
  geometry.instanceCount = sizes.length;
  putNumbers(lines.rays.geometry, { position: [rayPoints(content), 3] });
}

/** Colours of the page, light or dark. */
function paint({ uniforms, lines }: Drawn, { back, ink }: ReturnType<Stage["colors"]>): void {
  uniforms.back.value.setStyle(back).convertLinearToSRGB(); // the shader writes colours as they are
  for (const { material } of [lines.cube, lines.rays]) material.color.setStyle(ink);
}

/** The row before or after the picked one, around the ends. */
function neighbourRow({ map, picked }: MapContent, by: 1 | -1): number {
  const count = map.library.origins.length;
  const from = picked ?? (by > 0 ? -1 : 0);
  return (from + by + count) % count;
}

/** Puts the map on a stage. */
export function createMapView(stage: Stage): StageView<MapContent> {
  const drawn: Drawn = { ...createDiscs(), lines: createLines() };
  const { uniforms, lines } = drawn;
  stage.scene.add(lines.cube, lines.rays, drawn.mesh);
  let shown: MapContent | null = null;
  const pick = (find: typeof discAt, x: number, y: number): void => {
    const row = shown && find(projectDiscs(stage, shown, uniforms.radius.value), x, y);
    if (row !== null) shown?.onPick(row);
  };
  return {
    show: (content) => {
      update(drawn, content, shown?.map.library === content.map.library);
      shown = content;
    },
    press: (x, y) => pick(discAt, x, y),
    key: (key) => {
      const [width, height] = stage.size();
      if (key === "Enter") pick(discNear, width / 2, height / 2);
      else if (key === "]" || key === "[") shown?.onPick(neighbourRow(shown, key === "]" ? 1 : -1));
      else return false;
      return true;
    },
    prepare: () => paint(drawn, stage.colors()),
    dispose: () => {
      uniforms.atlas.value?.dispose();
      drawn.geometry.dispose();
      drawn.material.dispose();
      lines.dispose();
    },
  };
}
