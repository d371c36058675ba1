/** One small multiple: lines with their standard errors over one axis. Its numbers stand in a table below. */
import { useMemo, useRef } from "react";

import { fittingScale, linearScale, logScale, pathOf, type Scale } from "../common/scale";
import { useWidth } from "../common/useWidth";
import { classNames } from "../common/classNames";
import { shortNumber, spokenPlot, type PlotSeries, type SmallPlot } from "./ablationPlots";
import styles from "./Plot.module.css";

const height = 150;
const room = { left: 46, right: 12, top: 10, bottom: 34 };

type Places = { across: (x: number) => number; down: (y: number) => number };

/** The values measured name the axis: there are few of them. */
function Axes({
  places,
  scale,
  values,
  axis,
  width,
}: {
  places: Places;
  scale: Scale;
  values: readonly number[];
  axis: string;
  width: number;
}) {
  return (
    <g>
      {scale.ticks.map((tick) => (
        <g key={tick}>
          <line
            x1={room.left}
            x2={width - room.right}
            y1={places.down(tick)}
            y2={places.down(tick)}
            className={styles.grid}
          />
          <text x={room.left - 6} y={places.down(tick)} className={styles.valueTick}>
            {Number(tick.toPrecision(3))}
          </text>
        </g>
      ))}
      {values.map((value) => (
        <text key={value} x={places.across(value)} y={height - 20} className={styles.axisTick}>
          {value}
        </text>
      ))}
      <text x={(room.left + width - room.right) / 2} y={height - 5} className={styles.axisTick}>
        {axis}
      </text>
    </g>
  );
}

function Line({ line, at, places }: { line: PlotSeries; at: number; places: Places }) {
  const { across, down } = places;
  const toPlot = ({ x, y }: { x: number; y: number }) => ({ left: across(x), top: down(y) });
  return (
    <g className={styles[`series${at % 3}`]}>
      <path d={pathOf(line.dots, toPlot)} className={styles.line} />
      {line.dots.map(({ x, y, error }) => (
        <g key={x}>
          {error > 0 && (
            <line
              x1={across(x)}
              x2={across(x)}
              y1={down(y - error)}
              y2={down(y + error)}
              className={styles.error}
            />
          )}
          <circle cx={across(x)} cy={down(y)} r={3} className={styles.dot}>
            <title>{`${x}: ${shortNumber(y)}`}</title>
          </circle>
        </g>
      ))}
    </g>
  );
}

function scalesOf(series: readonly PlotSeries[], isLog: boolean): { x: Scale; y: Scale } {
  const dots = series.flatMap((line) => line.dots);
  const ends = dots.flatMap(({ y, error }) => [y - error, y + error]);
  const values = dots.map(({ x }) => x);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return {
    x: isLog ? logScale(low, high) : linearScale(low, high, 4),
    y: fittingScale(ends, false),
  };
}

export function AblationPlot({
  plot,
  axis,
  isLog,
}: {
  plot: SmallPlot;
  axis: string;
  isLog: boolean;
}) {
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(svg, 300);
  const { series, title } = plot;
  const { x, y } = useMemo(() => scalesOf(series, isLog), [series, isLog]);
  const places: Places = {
    across: (value) => room.left + x.place(value) * (width - room.left - room.right),
    down: (value) => room.top + (1 - y.place(value)) * (height - room.top - room.bottom),
  };
  const values = [...new Set(series.flatMap(({ dots }) => dots.map((dot) => dot.x)))];
  return (
    <figure className={styles.plot}>
      <figcaption>
        <strong>{title}</strong>
        {series.length > 1 && (
          <span className={styles.legend} aria-hidden="true">
            {series.map((line, at) => (
              <span key={line.title} className={classNames(styles.key, styles[`series${at % 3}`])}>
                {line.title}
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <svg ref={svg} height={height} role="img" aria-label={spokenPlot(plot)}>
        <Axes places={places} scale={y} values={values} axis={axis} width={width} />
        {series.map((line, at) => (
          <Line key={line.title} line={line} at={at} places={places} />
        ))}
      </svg>
    </figure>
  );
}
