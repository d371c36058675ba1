/** The three.js stage that solids are placed on: lights, floor, wall, and six objects that scenes take turns with. */
import {
  type BufferGeometry,
  DirectionalLight,
  HemisphereLight,
  Mesh,
  MeshBasicMaterial,
  MeshLambertMaterial,
  MeshStandardMaterial,
  PerspectiveCamera,
  PlaneGeometry,
  SRGBColorSpace,
  Scene,
  type DataTexture,
  type Texture,
} from "three";

import { fixShadows } from "./fixedShadows";
import { solidGeometry } from "./geometries";
import { byteTexture, contactGradient, floorGradient } from "./gradientTextures";
import { solidCounts } from "./solids";
import type { Light, Solid, SolidKind, Stage } from "./solidSpec";
import { paintTexture, type TextureSpec } from "./textures";

/** Texels a side; at 128 pixels twice as many look the same and cost 2.5 times as much. */
const objectTexels = 64;
const backdropTexels = 128;

type Prop = { body: Mesh<BufferGeometry, MeshStandardMaterial>; contact: Mesh };

export type SolidStage = {
  scene: Scene;
  camera: PerspectiveCamera;
  key: DirectionalLight;
  fill: DirectionalLight;
  back: DirectionalLight;
  floor: Mesh<BufferGeometry, MeshLambertMaterial>;
  wall: Mesh<BufferGeometry, MeshLambertMaterial> | null;
  props: Prop[];
};

/** @param environment - for the objects alone: as scene.environment it would wash out the floor too */
export function buildStage(kind: SolidKind, environment: Texture): SolidStage {
  const scene = new Scene();
  const [key, fill, back] = [keyLight(), new DirectionalLight(), new DirectionalLight()];
  const floor = new Mesh(
    new PlaneGeometry(60, 60).rotateX(-Math.PI / 2),
    fixShadows(new MeshLambertMaterial({ map: floorTexture(kind) })),
  );
  floor.receiveShadow = true;
  const wall = kind === "clevr" ? null : buildWall();
  const props = buildProps(kind, environment);
  scene.add(key, key.target, fill, back, new HemisphereLight(0xffffff, 0xd8d4d0, 0.55), floor);
  if (wall) scene.add(wall);
  for (const { body, contact } of props) scene.add(body, contact);
  const camera = new PerspectiveCamera(30, 1, 3, 40);
  return { scene, camera, key, fill, back, floor, wall, props };
}

function keyLight(): DirectionalLight {
  const light = new DirectionalLight();
  light.castShadow = true;
  const { shadow } = light;
  shadow.mapSize.set(512, 512);
  Object.assign(shadow.camera, {
    left: -4.6,
    right: 4.6,
    top: 4.2,
    bottom: -4.2,
    near: 2,
    far: 18,
  });
  shadow.radius = 4.2;
  shadow.bias = -0.0006;
  shadow.normalBias = 0.03;
  shadow.intensity = 0.9;
  return light;
}

function floorTexture(kind: SolidKind): Texture {
  if (kind === "clevr") return floorGradient();
  const texture = blankTexture(backdropTexels);
  texture.repeat.set(9, 9);
  return texture;
}

const blankTexture = (side: number): DataTexture =>
  byteTexture(new Uint8Array(side * side * 4), side);

function buildWall(): Mesh<BufferGeometry, MeshLambertMaterial> {
  const map = blankTexture(backdropTexels);
  map.repeat.set(6, 2);
  return new Mesh(new PlaneGeometry(36, 12).translate(0, 6, 0), new MeshLambertMaterial({ map }));
}

function buildProps(kind: SolidKind, envMap: Texture): Prop[] {
  const contactGeometry = new PlaneGeometry(2, 2).rotateX(-Math.PI / 2);
  const contactMaterial = new MeshBasicMaterial({
    map: contactGradient(),
    transparent: true,
    depthWrite: false,
    polygonOffset: true,
    polygonOffsetFactor: -1,
    polygonOffsetUnits: -2,
  });
  return Array.from({ length: solidCounts[1] }, () => {
    const map = kind === "clevr" ? null : blankTexture(objectTexels);
    const material = fixShadows(new MeshStandardMaterial({ envMap, map }));
    const body = new Mesh(solidGeometry("cube"), material);
    body.castShadow = body.receiveShadow = true;
    const contact = new Mesh(contactGeometry, contactMaterial);
    contact.position.y = 0.004;
    return { body, contact };
  });
}

/** What a picture of solids shows. */
export type StagedSolids = { stage: Stage; objects: readonly Solid[] };

/** Makes the stage show a scene. */
export function setStage(stage: SolidStage, { stage: spec, objects }: StagedSolids): void {
  const { camera, wall } = stage;
  camera.fov = spec.camera.fieldOfView;
  camera.position.set(...spec.camera.position);
  camera.lookAt(...spec.camera.target);
  camera.updateProjectionMatrix();
  setLight(stage.key, spec.key);
  setLight(stage.fill, spec.fill);
  setLight(stage.back, spec.back);
  if (spec.backdrop && wall) {
    repaint(stage.floor.material.map, spec.backdrop.floor);
    repaint(wall.material.map, spec.backdrop.wall);
    wall.position.z = spec.backdrop.wallZ;
  }
  stage.props.forEach((prop, k) => setProp(prop, objects[k], spec));
}

function setLight(light: DirectionalLight, { position, intensity, color }: Light): void {
  light.position.set(...position);
  light.intensity = intensity;
  light.color.setRGB(...color);
}

function setProp({ body, contact }: Prop, solid: Solid | undefined, spec: Stage): void {
  body.visible = contact.visible = solid !== undefined;
  if (!solid) return;
  const { position, size, angle, stretch, material, geometry } = solid;
  body.geometry = solidGeometry(geometry);
  body.position.set(...position);
  body.rotation.set(0, angle, 0);
  body.scale.set(size, size * stretch, size);
  body.material.roughness = solid.roughness;
  body.material.metalness = solid.metalness;
  body.material.envMapIntensity = spec.environmentIntensity;
  if (solid.texture) repaint(body.material.map, solid.texture);
  else {
    const [r, g, b] = solid.rgb;
    const shade = material === "rubber" ? 0.8 : 1;
    body.material.color.setRGB(r / 255, g / 255, b / 255, SRGBColorSpace).multiplyScalar(shade);
  }
  const reach = size * (geometry === "cube" || geometry === "cylinder" ? 1.5 : 1.22);
  contact.position.set(position[0], contact.position.y, position[2]);
  contact.scale.set(reach, 1, geometry === "torusUpright" ? 0.5 * size : reach);
  contact.rotation.y = angle;
}

/** What a texture shows: frames of one video share theirs, and painting one takes longer than drawing the scene. */
const painted = new WeakMap<Texture, TextureSpec>();

function repaint(texture: Texture | null, spec: TextureSpec): void {
  if (texture && painted.get(texture) === spec) return;
  const image: unknown = texture?.image;
  const isBytes = typeof image === "object" && image !== null && "data" in image;
  if (!texture || !isBytes || !(image.data instanceof Uint8Array))
    throw new Error("solidStage: expected a texture over bytes, got another.");
  image.data.set(paintTexture(spec, Math.sqrt(image.data.length / 4)));
  texture.needsUpdate = true;
  painted.set(texture, spec);
}
