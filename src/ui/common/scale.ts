/** Scales of a plot: values to places in 0..1, and the round values that are named along an axis. */

/** A value at a place of the horizontal axis. */
export type PlotPoint = { x: number; y: number };

export type Scale = {
  /** 0 at the low end, 1 at the high end. */
  place: (value: number) => number;
  ticks: number[];
};

/** The nearest of 1, 2, 5 times a power of ten that is not smaller. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  const factor = [1, 2, 5, 10].find((round) => round * power >= step * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Round values within low..high, about `count` of them. */
export function linearTicks(low: number, high: number, count: number): number[] {
  const step = roundStep((high - low) / Math.max(1, count));
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) =>
    Number(((first + i) * step).toPrecision(12)),
  );
}

/** Powers of ten within low..high, with 2 and 5 between them where there are few. */
export function logTicks(low: number, high: number): number[] {
  const decades: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    decades.push(power);
  const factors = decades.length > 4 ? [1] : [1, 2, 5];
  return decades
    .flatMap((power) => factors.map((factor) => Number((factor * 10 ** power).toPrecision(6))))
    .filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
}

/** An axis from low to high; a single value gets room around it. */
export function linearScale(low: number, high: number, count = 4): Scale {
  const room = high > low ? 0 : Math.abs(low) * 0.1 || 1;
  const [from, to] = [low - room, high + room];
  return {
    place: (value) => (value - from) / (to - from),
    ticks: linearTicks(from, to, count),
  };
}

/** A logarithmic axis; low must be above 0. */
export function logScale(low: number, high: number): Scale {
  const [from, to] = high > low ? [low, high] : [low / 2, high * 2];
  const span = Math.log(to / from);
  return { place: (value) => Math.log(value / from) / span, ticks: logTicks(from, to) };
}

/** The scale that fits values: logarithmic only where all are above 0. */
export function fittingScale(values: readonly number[], isLog: boolean): Scale {
  const finite = values.filter(Number.isFinite);
  const low = finite.reduce((least, value) => Math.min(least, value), Infinity);
  const high = finite.reduce((most, value) => Math.max(most, value), -Infinity);
  if (finite.length === 0) return linearScale(0, 1);
  return isLog && low > 0 ? logScale(low, high) : linearScale(low, high);
}

/**
 * A running mean that forgets: each value counts e^(-distance / span). The first values are not pulled to 0.
 * @param span - in points
 */
export function smooth(points: readonly PlotPoint[], span: number): PlotPoint[] {
  const keep = Math.exp(-1 / span);
  let [sum, weight] = [0, 0];
  return points.map(({ x, y }) => {
    if (Number.isFinite(y)) [sum, weight] = [sum * keep + y, weight * keep + 1];
    return { x, y: weight > 0 ? sum / weight : y };
  });
}

/** The points of a plot as an SVG path; a point that has no place on the scale breaks the line. */
export function pathOf(
  points: readonly PlotPoint[],
  toPlot: (point: PlotPoint) => { left: number; top: number },
): string {
  let isPenDown = false;
  return points
    .map((point) => {
      const { left, top } = toPlot(point);
      if (!Number.isFinite(left) || !Number.isFinite(top)) {
        isPenDown = false;
        return "";
      }
      const letter = isPenDown ? "L" : "M";
      isPenDown = true;
      return `${letter}${left.toFixed(1)} ${top.toFixed(1)}`;
    })
    .join("");
}

/** Index of the point nearest to a place along x; points are in the order of x. */
export function nearest(points: readonly PlotPoint[], x: number): number {
  let [low, high] = [0, points.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.x ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const before = points[low - 1];
  const after = points[low];
  return before && after && x - before.x < after.x - x ? low - 1 : low;
}

/** Where a key leads along `count` points; null for another key. */
export function keyTo(key: string, at: number, count: number): number | null {
  const page = Math.max(1, Math.round(count / 10));
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -page,
    PageUp: page,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined ? null : Math.min(count - 1, Math.max(0, at + step));
}

/** Every second, fourth, ... point, the last always: no more than `most` and one. */
export function thin(points: readonly PlotPoint[], most: number): readonly PlotPoint[] {
  let stride = 1;
  while (points.length / stride > most) stride *= 2;
  return stride === 1
    ? points
    : points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}
