/**
 * Solids to pixels with three.js: many scenes in one atlas, so that one read-back serves them all.
 *
 * Colours are drawn to the canvas itself (multisampled, sRGB: a render target would be neither); ids come from the plan.
 * Runs in a page or a worker, on an OffscreenCanvas.
 */
import { NoToneMapping, PCFShadowMap, SRGBColorSpace, WebGLRenderer } from "three";

import { UnsupportedDeviceError } from "../../errors";
import { planResolution, type Pixels, type Scene } from "./scene";
import { planSolids, type SolidPlan } from "./solids";
import type { SolidKind } from "./solidSpec";
import { buildStage, setStage, type SolidStage, type StagedSolids } from "./solidStage";
import { studioEnvironment } from "./studioEnvironment";

const side = planResolution;

/** A plan and what it looks like. */
export type Drawn<P> = { plan: P; pixels: Pixels };

/** Renders scenes of one kind; holds a WebGL context until disposed. */
export class SolidRenderer {
  readonly #renderer: WebGLRenderer;
  readonly #stage: SolidStage;
  readonly #columns: number;
  readonly #capacity: number;

  /** @param atlas - scenes across and down: their product is a batch */
  constructor(
    readonly kind: SolidKind,
    { columns, rows }: { columns: number; rows: number } = { columns: 1, rows: 1 },
  ) {
    this.#columns = columns;
    this.#capacity = columns * rows;
    this.#renderer = openWebgl(side * columns, side * rows);
    this.#stage = buildStage(kind, studioEnvironment(this.#renderer));
  }

  /** Scenes start, start + 1, ..., start + count - 1 in batches. */
  *render(seed: number, start: number, count: number): Generator<Scene[], void> {
    for (const drawn of this.draw(planScenes(this.kind, seed, start, count)))
      yield drawn.map(({ plan: { index, attempt, objects, ids }, pixels }) => ({
        seed,
        index,
        attempt,
        objects,
        ids,
        pixels,
      }));
  }

  /** Plans and their pixels in batches. While the graphics card draws one batch the next is planned. */
  *draw<P extends StagedSolids>(plans: Iterable<P>): Generator<Drawn<P>[], void> {
    const source = plans[Symbol.iterator]();
    let batch = take(source, this.#capacity);
    while (batch.length > 0) {
      this.#drawTiles(batch);
      const next = take(source, this.#capacity);
      const drawn = this.#readTiles(batch);
      batch = next;
      yield drawn;
    }
  }

  dispose(): void {
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
  }

  #drawTiles(plans: readonly StagedSolids[]): void {
    const renderer = this.#renderer;
    renderer.setScissorTest(false);
    renderer.clear();
    renderer.setScissorTest(true);
    plans.forEach((plan, i) => {
      setStage(this.#stage, plan);
      const [x, y] = this.#tile(i);
      renderer.setViewport(x, y, side, side);
      renderer.setScissor(x, y, side, side);
      renderer.render(this.#stage.scene, this.#stage.camera);
    });
    renderer.getContext().flush();
  }

  /** Left and bottom edge of a tile, in pixels of the atlas. */
  #tile(i: number): [x: number, y: number] {
    return [(i % this.#columns) * side, Math.floor(i / this.#columns) * side];
  }

  #readTiles<P>(plans: readonly P[]): Drawn<P>[] {
    const gl = this.#renderer.getContext();
    const width = side * this.#columns;
    const height = side * Math.ceil(plans.length / this.#columns);
    const atlas = new Uint8Array(width * height * 4);
    this.#renderer.setRenderTarget(null);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, atlas);
    if (gl.isContextLost())
      throw new UnsupportedDeviceError(
        "scenes: expected a WebGL context, it was lost while rendering. Try again, or choose sprites.",
      );
    return plans.map((plan, i) => {
      const data = cutTile(atlas, width, ...this.#tile(i));
      return { plan, pixels: { width: side, height: side, data } };
    });
  }
}

function* planScenes(
  kind: SolidKind,
  seed: number,
  start: number,
  count: number,
): Generator<SolidPlan, void> {
  for (let i = 0; i < count; i++) yield planSolids(kind, seed, start + i);
}

/** The next values, fewer at the end. */
function take<T>(source: Iterator<T>, count: number): T[] {
  const taken: T[] = [];
  while (taken.length < count) {
    const next = source.next();
    if (next.done) break;
    taken.push(next.value);
  }
  return taken;
}

/** A tile's rows from top to bottom; WebGL's start at the bottom. */
function cutTile(atlas: Uint8Array, width: number, x: number, y: number) {
  const data = new Uint8ClampedArray(side * side * 4);
  for (let row = 0; row < side; row++) {
    const start = ((y + side - 1 - row) * width + x) * 4;
    data.set(atlas.subarray(start, start + side * 4), row * side * 4);
  }
  return data;
}

function openWebgl(width: number, height: number): WebGLRenderer {
  try {
    const canvas = new OffscreenCanvas(width, height);
    const renderer = new WebGLRenderer({
      canvas,
      antialias: true,
      alpha: false,
      stencil: false,
      powerPreference: "high-performance",
    });
    renderer.autoClear = false;
    renderer.toneMapping = NoToneMapping;
    renderer.outputColorSpace = SRGBColorSpace;
    renderer.shadowMap.enabled = true;
    renderer.shadowMap.type = PCFShadowMap;
    renderer.setClearColor(0x777777, 1);
    return renderer;
  } catch (error) {
    throw new UnsupportedDeviceError(
      `scenes: expected WebGL 2 on an OffscreenCanvas, got ${String(error)}. Scenes of sprites need neither.`,
    );
  }
}
