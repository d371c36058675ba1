/** What each ablation shows: its small multiples, and their lines. */
import type { SamplerName } from "../../engine/protocol";
import type { Ablation, AblationName, AblationPoint } from "../../store/measureState";
import { samplerTitles } from "../../store/titles";

export type PlotDot = {
  x: number;
  y: number;
  /** Standard error; 0 where there is none. */
  error: number;
};

export type PlotSeries = { title: string; dots: PlotDot[] };

export type SmallPlot = { title: string; series: PlotSeries[] };

type Measure = { title: string; read: (point: AblationPoint) => Omit<PlotDot, "x"> | null };

const metric = (name: string, title: string): Measure => ({
  title,
  read: ({ metrics }) => {
    const estimate = metrics[name];
    if (!estimate || !Number.isFinite(estimate.mean)) return null;
    const { mean, standardError } = estimate;
    return { y: mean, error: Number.isFinite(standardError) ? standardError : 0 };
  },
});

const time = (name: "segmentMs" | "drawMs", title: string): Measure => ({
  title,
  read: ({ times }) => {
    const y = times[name];
    return y === null || !Number.isFinite(y) ? null : { y, error: 0 };
  },
});

const slotMeasures = [
  metric("fgAri", "FG-ARI"),
  metric("psnr", "PSNR, dB"),
  time("segmentMs", "Time to slots, ms a picture"),
];

/** Steps and samplers leave the masks as they are. */
const drawMeasures = [
  metric("psnr", "PSNR, dB"),
  metric("ssim", "SSIM"),
  time("drawMs", "Time to draw, ms a picture"),
];

const measures: Record<AblationName, Measure[]> = {
  slots: slotMeasures,
  iterations: slotMeasures,
  steps: drawMeasures,
};

/** The small multiples of an ablation; one without a number yet is left out. */
export function smallPlots(name: AblationName, { points }: Ablation): SmallPlot[] {
  const samplers = [...new Set(points.map(({ sampler }) => sampler))];
  return measures[name]
    .map(({ title, read }) => ({
      title,
      series: samplers
        .map((sampler) => ({ title: seriesTitle(sampler), dots: dotsOf(points, sampler, read) }))
        .filter(({ dots }) => dots.length > 0),
    }))
    .filter(({ series }) => series.length > 0);
}

const seriesTitle = (sampler: SamplerName | null): string =>
  sampler === null ? "" : samplerTitles[sampler];

const dotsOf = (
  points: readonly AblationPoint[],
  sampler: SamplerName | null,
  read: Measure["read"],
): PlotDot[] =>
  points
    .filter((point) => point.sampler === sampler)
    .flatMap((point) => {
      const dot = read(point);
      return dot ? [{ x: point.value, ...dot }] : [];
    });

/** A value with as many digits as say something: 0.512, 21.3, 148. */
export const shortNumber = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(Math.abs(value) >= 10 ? 1 : 3);

/** Every value of a plot in words, for those who do not see it. */
export const spokenPlot = ({ title, series }: SmallPlot): string =>
  series
    .map(({ title: line, dots }) => {
      const values = dots.map(({ x, y }) => `${x}: ${shortNumber(y)}`).join(", ");
      return `${title}${line === "" ? "" : `, ${line}`}. ${values}`;
    })
    .join(". ");
