/**
 * A 3-D picture in a box of the page: one renderer, one camera that orbits by mouse, touch and by words of the caller. It is
 * drawn only when something has changed, and everything it took of the GPU is given back at its end.
 */
import { PerspectiveCamera, Scene, WebGLRenderer } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";

/** Ways to move the camera, by a key or a button. */
export const moves = ["left", "right", "up", "down", "closer", "further", "reset"] as const;
export type Move = (typeof moves)[number];

export type Stage = {
  scene: Scene;
  camera: PerspectiveCamera;
  /** Width and height in CSS pixels. */
  size: () => [width: number, height: number];
  /** Draws at the next frame, however often it is asked. */
  invalidate: () => void;
  move: (move: Move) => void;
  /** CSS colours of the box: what lies behind, and what is written on it. */
  colors: () => { back: string; ink: string };
  dispose: () => void;
};

/** What is on a stage. */
export type StageView<Content> = {
  show: (content: Content) => void;
  /** A press that was no drag, in CSS pixels from the left top. */
  press?: (x: number, y: number) => void;
  /** @returns whether the key meant something */
  key?: (key: string) => boolean;
  /** Before each drawing. */
  prepare?: () => void;
  dispose: () => void;
};

/** A turn of a key or button, in radians, and its zoom. */
const turn = Math.PI / 18;
const zoom = 1.2;
/** More device pixels than this a CSS pixel cost more than they show. */
const maxPixelRatio = 2;

/** Of the camera, in degrees, across the shorter side of the box. */
const fieldOfView = 40;

/** Where the camera looks from, towards the middle of the stage. */
export type Viewpoint = readonly [x: number, y: number, z: number];

function createCamera(viewpoint: Viewpoint): PerspectiveCamera {
  const camera = new PerspectiveCamera(fieldOfView, 1, 0.05, 50);
  camera.position.set(...viewpoint);
  return camera;
}

function createControls(camera: PerspectiveCamera, host: HTMLElement, element: HTMLElement) {
  const controls = new OrbitControls(camera, element);
  controls.minDistance = 0.4;
  controls.maxDistance = 12;
  // The wheel scrolls the page until the box has been pressed or focused.
  controls.enableZoom = host.contains(document.activeElement);
  return controls;
}

function moveBy(controls: OrbitControls, move: Move): void {
  if (move === "left") controls.rotateLeft(turn);
  else if (move === "right") controls.rotateLeft(-turn);
  else if (move === "up") controls.rotateUp(turn);
  else if (move === "down") controls.rotateUp(-turn);
  else if (move === "closer") controls.dollyIn(zoom);
  else if (move === "further") controls.dollyOut(zoom);
  else controls.reset();
}

/** A frame at most once per screen refresh. */
function createFrames(draw: () => void) {
  let frame = 0;
  return {
    ask: (): void => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        draw();
      });
    },
    end: (): void => cancelAnimationFrame(frame),
  };
}

export type StageOptions = {
  viewpoint: Viewpoint;
  /** Called before each drawing. */
  prepare: () => void;
};

function createRenderer(host: HTMLElement): WebGLRenderer {
  const renderer = new WebGLRenderer({ alpha: true, antialias: true });
  renderer.setPixelRatio(Math.min(maxPixelRatio, devicePixelRatio));
  renderer.domElement.setAttribute("aria-hidden", "true");
  host.append(renderer.domElement);
  return renderer;
}

/** Puts a canvas into `host`. Throws where the browser has no WebGL. */
export function createStage(host: HTMLElement, { viewpoint, prepare }: StageOptions): Stage {
  const renderer = createRenderer(host);
  const [scene, camera] = [new Scene(), createCamera(viewpoint)];
  const controls = createControls(camera, host, renderer.domElement);
  let drawn = 0;
  const frames = createFrames(() => {
    prepare();
    renderer.render(scene, camera);
    host.dataset["frames"] = String(++drawn);
  });
  const ending = listen(host, controls, frames.ask);
  const observer = new ResizeObserver(() => {
    fit(renderer, camera, host);
    frames.ask();
  });
  observer.observe(host);
  return {
    scene,
    camera,
    size: () => [host.clientWidth, host.clientHeight],
    invalidate: frames.ask,
    move: (move) => moveBy(controls, move),
    colors: () => colorsOf(host),
    dispose: () => {
      frames.end();
      ending.abort();
      observer.disconnect();
      controls.dispose();
      renderer.dispose();
      renderer.forceContextLoss();
      renderer.domElement.remove();
    },
  };
}

function colorsOf(host: HTMLElement): ReturnType<Stage["colors"]> {
  const { backgroundColor, color } = getComputedStyle(host);
  return { back: backgroundColor, ink: color };
}

function fit(renderer: WebGLRenderer, camera: PerspectiveCamera, host: HTMLElement): void {
  const [width, height] = [host.clientWidth, host.clientHeight];
  if (width === 0 || height === 0) return;
  renderer.setSize(width, height, false);
  camera.aspect = width / height;
  const half = Math.tan((fieldOfView * Math.PI) / 360) / Math.min(1, camera.aspect);
  camera.fov = (Math.atan(half) * 360) / Math.PI;
  camera.updateProjectionMatrix();
}

/** Draws again when the camera has moved, the GPU came back, or the page turned dark or light. */
function listen(host: HTMLElement, controls: OrbitControls, ask: () => void): AbortController {
  const ending = new AbortController();
  const { signal } = ending;
  controls.addEventListener("change", ask);
  const setZoom = (): void => void (controls.enableZoom = host.contains(document.activeElement));
  host.addEventListener("focusin", setZoom, { signal });
  host.addEventListener("focusout", () => (controls.enableZoom = false), { signal });
  host.addEventListener("webglcontextrestored", ask, { signal, capture: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ask, { signal });
  return ending;
}
