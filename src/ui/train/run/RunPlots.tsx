/** The curves of a run: its loss, and what the looks at held-out pictures say. */
import { useMemo, useState } from "react";

import type { Run } from "../../../engine/protocol/training";
import { Check } from "../../common/Field";
import { useApp } from "../../common/StoreContext";
import { stageTitles } from "../learn/plan";
import {
  liveOf,
  lookCurve,
  lookMeasures,
  lossCurve,
  measureCurve,
  stageMarks,
  totalSteps,
  type LookMeasure,
} from "./curve";
import { Plot } from "./Plot";
import { thin } from "../../common/scale";
import styles from "./Run.module.css";

/** Points drawn: more than a screen shows apart. */
const mostPoints = 1200;

/** The smoothed line looks back this share of the points, and at least a few. */
const spanOf = (count: number): number => Math.max(5, count / 40);

const lossText = (loss: number): string =>
  Number.isFinite(loss) ? loss.toPrecision(3) : "no number";

const marksOf = (run: Run) =>
  stageMarks(run.plan.steps).map(({ stage, x }) => ({ x, title: stageTitles[stage] }));

export function LossPlot({ run }: { run: Run }) {
  const training = useApp((state) => liveOf(run, state.training));
  const [isLog, setLog] = useState(true);
  const points = useMemo(
    () =>
      thin(
        lossCurve(run, training).map(({ x, loss }) => ({ x, y: loss })),
        mostPoints,
      ),
    [run, training],
  );
  if (points.length === 0)
    return <p className={styles.note}>The loss curve begins with the first step.</p>;
  return (
    <div data-testid="loss-curve" data-points={points.length} data-last={points.at(-1)?.y}>
      <Plot
        title="Loss of each step, and its running mean"
        points={points}
        end={totalSteps(run.plan.steps)}
        isLog={isLog}
        span={spanOf(points.length)}
        marks={marksOf(run)}
        format={lossText}
        isLarge
      />
      <Check name="Logarithmic" isChecked={isLog} onChange={setLog} />
    </div>
  );
}

const measureTitles: Record<LookMeasure, { title: string; format: (value: number) => string }> = {
  loss: { title: "Held-out loss", format: lossText },
  fgAri: { title: "FG-ARI", format: (value) => value.toFixed(3) },
  mIoU: { title: "mIoU", format: (value) => value.toFixed(3) },
  psnr: { title: "PSNR, dB", format: (value) => value.toFixed(1) },
};

export function LookPlots({ run }: { run: Run }) {
  const live = useApp((state) => liveOf(run, state.training)?.looks);
  const looks = useMemo(() => lookCurve(run, live ?? []), [run, live]);
  const curves = lookMeasures
    .map((measure) => ({ measure, points: measureCurve(looks, measure) }))
    .filter(({ points }) => points.length > 0);
  if (curves.length === 0) return null;
  return (
    <div className={styles.looks} data-testid="look-curves">
      {curves.map(({ measure, points }) => (
        <Plot
          key={measure}
          points={points}
          end={totalSteps(run.plan.steps)}
          isLog={measure === "loss"}
          marks={marksOf(run)}
          {...measureTitles[measure]}
        />
      ))}
    </div>
  );
}
