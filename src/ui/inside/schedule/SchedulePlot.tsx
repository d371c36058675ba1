/** A value over the times of the noise schedule, with the sampler's steps marked and one of them lit. */
import { useMemo, useRef } from "react";

import { linearScale, linearTicks, pathOf } from "../../common/scale";
import { useWidth } from "../../common/useWidth";
import { timeText, valueAt } from "../facts";
import styles from "./SchedulePlot.module.css";

/** Room for the numbers of the axes, and the whole height, in pixels. */
const room = { left: 40, right: 12, top: 8, bottom: 22, height: 150 };

type SchedulePlotProps = {
  title: string;
  /** One a time, 0..T-1. */
  values: Float32Array;
  low: number;
  high: number;
  /** Times of the sampler's evaluations. */
  times: readonly number[];
  /** The time on show. */
  current: number | null;
};

type Places = { across: (t: number) => number; down: (value: number) => number };

function Axes({
  width,
  ticks,
  timeTicks,
  across,
  down,
}: Places & {
  width: number;
  ticks: readonly number[];
  timeTicks: readonly number[];
}) {
  return (
    <>
      {ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={room.left}
            x2={width - room.right}
            y1={down(tick)}
            y2={down(tick)}
            className={styles.grid}
          />
          <text x={room.left - 6} y={down(tick)} className={styles.valueTick}>
            {tick}
          </text>
        </g>
      ))}
      {timeTicks.map((tick) => (
        <text key={tick} x={across(tick)} y={room.height - 6} className={styles.timeTick}>
          {tick}
        </text>
      ))}
    </>
  );
}

export function SchedulePlot({ title, values, low, high, times, current }: SchedulePlotProps) {
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(svg, 320);
  const end = values.length - 1;
  const scale = useMemo(() => linearScale(low, high), [low, high]);
  const bottom = room.height - room.bottom;
  const { across, down } = useMemo<Places>(
    () => ({
      across: (t) => room.left + (t / Math.max(1, end)) * (width - room.left - room.right),
      down: (value) => room.top + (1 - scale.place(value)) * (bottom - room.top),
    }),
    [width, end, scale, bottom],
  );
  const path = useMemo(() => {
    const points = Array.from(values, (y, x) => ({ x, y }));
    return pathOf(points, ({ x, y }) => ({ left: across(x), top: down(y) }));
  }, [values, across, down]);
  const at =
    current === null
      ? ""
      : `; at t = ${timeText(current)} it is ${valueAt(values, current).toFixed(3)}`;
  const marked = times.length === 0 ? "" : `, ${times.length} evaluations marked`;
  return (
    <figure className={styles.plot}>
      <figcaption>{title}</figcaption>
      <svg
        ref={svg}
        height={room.height}
        role="img"
        aria-label={`${title} over times 0 to ${end}${marked}${at}`}
      >
        <Axes
          {...{ width, across, down }}
          ticks={scale.ticks}
          timeTicks={linearTicks(0, end, width > 500 ? 6 : 3)}
        />
        {times.map((t, i) => (
          <line
            key={i}
            x1={across(t)}
            x2={across(t)}
            y1={bottom - 9}
            y2={bottom}
            className={styles.mark}
          />
        ))}
        <path d={path} className={styles.line} />
        {current !== null && (
          <>
            <line
              x1={across(current)}
              x2={across(current)}
              y1={room.top}
              y2={bottom}
              className={styles.current}
            />
            <circle
              cx={across(current)}
              cy={down(valueAt(values, current))}
              r={5}
              className={styles.dot}
            />
          </>
        )}
      </svg>
    </figure>
  );
}
