/** A small line plot: points, a smoothed line, stages marked, and a readout that follows pointer and arrow keys. */
import { useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";

import { splitAt } from "./curve";
import styles from "./Plot.module.css";
import { PlotAxes, type Frame } from "./PlotAxes";
import {
  fittingScale,
  keyTo,
  nearest,
  pathOf,
  smooth,
  type Scale,
  type PlotPoint,
} from "../../common/scale";
import { useWidth } from "../../common/useWidth";

type PlotProps = {
  title: string;
  points: readonly PlotPoint[];
  /** The last step of the axis. */
  end: number;
  isLog?: boolean;
  /** Points that the smoothed line looks back; 0 draws the points' own line. */
  span?: number;
  /** Where stages begin: lines end there. */
  marks: readonly { x: number; title: string }[];
  /** A value in words, e.g. "0.034". */
  format: (value: number) => string;
  isLarge?: boolean;
};

/** Room for the numbers of the axes, in pixels. */
const room = { left: 46, right: 10, top: 10, bottom: 22 };

/** Steps and values to places in the frame, and back. */
function placesOf(scale: Scale, { width, height, left, right, top, bottom }: Frame, end: number) {
  const [across, down] = [width - left - right, height - top - bottom];
  return {
    toPlot: ({ x, y }: PlotPoint) => ({
      left: left + (x / Math.max(1, end)) * across,
      top: top + (1 - scale.place(y)) * down,
    }),
    toStep: (place: number) => ((place - left) / across) * end,
  };
}

export function Plot(props: PlotProps) {
  const { title, points, end, isLog = false, span = 0, marks, format, isLarge = false } = props;
  const svg = useRef<SVGSVGElement>(null);
  const width = useWidth(svg, 320);
  const [picked, setPicked] = useState<number | null>(null);
  const frame = useMemo(() => ({ ...room, width, height: isLarge ? 230 : 140 }), [width, isLarge]);
  const scale = useMemo(
    () =>
      fittingScale(
        points.map(({ y }) => y),
        isLog,
      ),
    [points, isLog],
  );
  const places = useMemo(() => placesOf(scale, frame, end), [scale, frame, end]);
  const starts = marks.map(({ x }) => x).join(" "); // compared by value
  const [path, line] = useMemo(() => {
    const parts = splitAt(points, starts.split(" ").map(Number));
    const drawn = (change: (part: PlotPoint[]) => PlotPoint[]) =>
      parts.map((part) => pathOf(change(part), places.toPlot)).join("");
    return [drawn((part) => part), span > 0 ? drawn((part) => smooth(part, span)) : ""];
  }, [points, starts, span, places]);

  if (points.length === 0) return null;
  const at = Math.min(picked ?? points.length - 1, points.length - 1);
  const point = points[at] ?? { x: 0, y: 0 }; // at is within the points, of which there is one
  const words = `step ${point.x.toLocaleString("en")}: ${format(point.y)}`;
  const dot = places.toPlot(point);
  const follow = ({ clientX, currentTarget }: PointerEvent) =>
    setPicked(nearest(points, places.toStep(clientX - currentTarget.getBoundingClientRect().left)));
  const type = (key: KeyboardEvent) => {
    const to = keyTo(key.key, at, points.length);
    if (to === null) return;
    key.preventDefault();
    setPicked(to);
  };
  return (
    <figure className={styles.plot}>
      <figcaption className={styles.caption}>
        <strong>{title}</strong> <span>{words}</span>
      </figcaption>
      <svg
        ref={svg}
        height={frame.height}
        role="slider"
        tabIndex={0}
        aria-label={`${title}; arrow keys read its points`}
        aria-valuemin={points[0]?.x ?? 0}
        aria-valuemax={points.at(-1)?.x ?? 0}
        aria-valuenow={point.x}
        aria-valuetext={words}
        onPointerMove={follow}
        onPointerLeave={() => setPicked(null)}
        onBlur={() => setPicked(null)}
        onKeyDown={type}
      >
        <PlotAxes
          frame={frame}
          scale={scale}
          end={end}
          marks={marks.length > 1 ? marks : []}
          hasTitles={isLarge}
        />
        <path d={path} className={span > 0 ? styles.faint : styles.line} />
        {line !== "" && <path d={line} className={styles.line} />}
        {Number.isFinite(dot.top) && (
          <circle cx={dot.left} cy={dot.top} r={picked === null ? 3 : 4.5} className={styles.dot} />
        )}
      </svg>
    </figure>
  );
}
