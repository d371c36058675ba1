/** Outlines of the sprites: closed polygons in the unit circle around (0, 0), as x0, y0, x1, y1, ..., y down. */

/** Vertices from polar coordinates; angle in turns, 0 = up. */
const outline = (count: number, radius: (k: number) => number): Float64Array =>
  Float64Array.from({ length: 2 * count }, (_, i) => {
    const k = i >> 1;
    const angle = (2 * Math.PI * k) / count;
    return radius(k) * (i & 1 ? -Math.cos(angle) : Math.sin(angle));
  });

const regular = (sides: number): Float64Array => outline(sides, () => 1);

/** Width of the cross's arms is 0.7 of the radius. */
const arm = 0.35;
const reach = Math.sqrt(1 - arm * arm);

const cross = Float64Array.from(
  [
    [-arm, -reach, arm, -reach, arm, -arm, reach, -arm, reach, arm, arm, arm],
    [arm, reach, -arm, reach, -arm, arm, -reach, arm, -reach, -arm, -arm, -arm],
  ].flat(),
);

/** The curve x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, moved and scaled into the unit circle. */
const heart = Float64Array.from({ length: 96 }, (_, i) => {
  const t = (2 * Math.PI * (i >> 1)) / 48;
  if (!(i & 1)) return Math.sin(t) ** 3 * (16 / 17.5);
  const height = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
  return -(height + 2.6) / 17.5;
});

export const spriteShapes = {
  circle: regular(64),
  triangle: regular(3),
  square: regular(4),
  diamond: outline(4, (k) => (k & 1 ? 0.55 : 1)),
  hexagon: regular(6),
  star: outline(10, (k) => (k & 1 ? 0.45 : 1)),
  cross,
  heart,
} as const;

export type SpriteShape = keyof typeof spriteShapes;

export const spriteShapeNames: readonly SpriteShape[] = [
  "circle",
  "triangle",
  "square",
  "diamond",
  "hexagon",
  "star",
  "cross",
  "heart",
];
