/** Lines and numbers of a plot's axes, and where its stages begin. */
import styles from "./Plot.module.css";
import { linearTicks, type Scale } from "../../common/scale";

/** Sizes of a plot and of the room around it, in its own units. */
export type Frame = {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
};

type PlotAxesProps = {
  frame: Frame;
  scale: Scale;
  end: number;
  marks: readonly { x: number; title: string }[];
  /** Whether the marks carry their titles. */
  hasTitles: boolean;
};

/** "1,500", "20K" */
const stepText = (step: number): string =>
  step < 10_000
    ? Math.round(step).toLocaleString("en")
    : step.toLocaleString("en", { notation: "compact" });

export function PlotAxes({ frame, scale, end, marks, hasTitles }: PlotAxesProps) {
  const { width, height, left, right, top, bottom } = frame;
  const across = (step: number) => left + (step / Math.max(1, end)) * (width - left - right);
  const down = (value: number) => top + (1 - scale.place(value)) * (height - top - bottom);
  return (
    <g aria-hidden="true">
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={left}
            x2={width - right}
            y1={down(tick)}
            y2={down(tick)}
            className={styles.grid}
          />
          <text x={left - 6} y={down(tick)} className={styles.valueTick}>
            {Number(tick.toPrecision(3))}
          </text>
        </g>
      ))}
      {linearTicks(0, Math.max(1, end), width > 500 ? 6 : 3).map((tick) => (
        <text key={tick} x={across(tick)} y={height - 6} className={styles.stepTick}>
          {stepText(tick)}
        </text>
      ))}
      {marks.map(({ x, title }) => (
        <g key={title}>
          <line
            x1={across(x)}
            x2={across(x)}
            y1={top}
            y2={height - bottom}
            className={styles.mark}
          />
          {hasTitles && (
            <text x={across(x) + 5} y={top + 10} className={styles.markTitle}>
              {title}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}
