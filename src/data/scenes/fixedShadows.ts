/**
 * Soft shadows from ten taps on a fixed disk.
 *
 * Differs from three.js, whose five taps are turned by noise tied to the screen position: at 128 pixels that shows as
 * grain, and a scene would look different in another tile of the atlas.
 */
import { ShaderChunk, type Material } from "three";

const taps = 10;

/** three's shadow lookup with its noisy sum replaced; fails loudly when a new three.js has rewritten it. */
function fixedChunk(): string {
  const chunk = ShaderChunk.shadowmap_pars_fragment;
  const start = chunk.indexOf("float phi = interleavedGradientNoise");
  const endMark = ") * 0.2;";
  const end = chunk.indexOf(endMark, start);
  if (start < 0 || end < 0)
    throw new Error("fixedShadows: expected three 0.187's shadow sum, got another shader chunk.");
  const lookups = Array.from(
    { length: taps },
    (_, i) =>
      `texture(shadowMap, vec3(shadowCoord.xy + vogelDiskSample(${i}, ${taps}, 0.4) * radius, shadowCoord.z))`,
  );
  const sum = `shadow = (${lookups.join(" + ")}) / ${taps}.0;`;
  return chunk.slice(0, start) + sum + chunk.slice(end + endMark.length);
}

/** Gives a material that receives shadows the fixed taps. */
export function fixShadows<M extends Material>(material: M): M {
  material.onBeforeCompile = (shader) => {
    shader.fragmentShader = shader.fragmentShader.replace(
      "#include <shadowmap_pars_fragment>",
      fixedChunk(),
    );
  };
  return material;
}
