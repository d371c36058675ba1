/** What metal reflects: a grey room with four bright panels, prefiltered once for every roughness. */
import {
  BackSide,
  Color,
  DoubleSide,
  Mesh,
  MeshBasicMaterial,
  PMREMGenerator,
  PlaneGeometry,
  Scene,
  ShaderMaterial,
  SphereGeometry,
  type Texture,
  type WebGLRenderer,
} from "three";

const room = () =>
  new Mesh(
    new SphereGeometry(20, 32, 16),
    new ShaderMaterial({
      side: BackSide,
      vertexShader: `
        varying vec3 direction;
        void main() {
          direction = normalize(position);
          gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
        }`,
      fragmentShader: `
        varying vec3 direction;
        void main() {
          float y = normalize(direction).y;
          float below = mix(0.42, 0.30, -y);
          float above = mix(0.20, 0.36, smoothstep(0.0, 0.8, y));
          float horizon = 1.0 - smoothstep(0.0, 0.06, abs(y));
          gl_FragColor = vec4(vec3(mix(y < 0.0 ? below : above, 0.36, horizon)), 1.0);
        }`,
    }),
  );

type Panel = { size: [number, number]; position: [number, number, number]; brightness: number };

const panels: Panel[] = [
  { size: [7, 7], position: [-9, 10, 7], brightness: 9 },
  { size: [5, 6], position: [11, 6, 6], brightness: 4.5 },
  { size: [8, 4], position: [1, 8, -11], brightness: 4 },
  { size: [3, 3], position: [2, 14, 3], brightness: 5 },
];

function panelMesh({ size, position, brightness }: Panel): Mesh {
  const color = new Color(brightness, brightness, brightness);
  const mesh = new Mesh(
    new PlaneGeometry(...size),
    new MeshBasicMaterial({ color, side: DoubleSide }),
  );
  mesh.position.set(...position);
  mesh.lookAt(0, 0, 0);
  return mesh;
}

/** The room as an environment map. */
export function studioEnvironment(renderer: WebGLRenderer): Texture {
  const scene = new Scene().add(room(), ...panels.map(panelMesh));
  const generator = new PMREMGenerator(renderer);
  const { autoClear } = renderer;
  renderer.autoClear = true;
  const { texture } = generator.fromScene(scene, 0.02, 0.1, 100);
  renderer.autoClear = autoClear;
  generator.dispose();
  return texture;
}
