/** The noise schedule: how much of the picture is left at each time, and where the sampler stops on its way. */
import { useEffect, useMemo } from "react";

import type { ScheduleInside } from "../../../engine/protocol/inside";
import { shownSchedule, shownSteps, stepOnShow } from "../../../store/insideSelectors";
import { missingModel } from "../../../store/selectors";
import { sentence } from "../../../store/sceneNames";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import { View } from "../../common/View";
import { stepText, valueAt } from "../facts";
import { StepScrubber } from "../denoising/StepScrubber";
import styles from "../Inside.module.css";
import { SchedulePlot } from "./SchedulePlot";

const mechanism =
  "In training, noise is added at a random time t, and the schedule says how much of the clean latents is left then: all at t = 0, next to nothing at the end. " +
  "A sampler goes the way back in far fewer steps; the short marks at the foot are the times at which it asked the U-Net.";

function Formula() {
  return (
    <>
      <i>ᾱ</i>
      <sub>t</sub> = Π<sub>s≤t</sub> (1 − <i>β</i>
      <sub>s</sub>),{"  "}
      log SNR(<i>t</i>) = ln( <i>ᾱ</i>
      <sub>t</sub> / (1 − <i>ᾱ</i>
      <sub>t</sub>) )
    </>
  );
}

const spoken =
  "Alpha bar t is the product over s up to t of one minus beta s; the log signal-to-noise ratio is the natural logarithm of alpha bar t over one minus alpha bar t.";

/** The least and the largest value that a plot can show. */
function rangeOf(values: Float32Array): [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  return [
    finite.reduce((a, b) => Math.min(a, b), Infinity),
    finite.reduce((a, b) => Math.max(a, b), -Infinity),
  ];
}

function Plots({ schedule: { alphasCumprod, logSnr } }: { schedule: ScheduleInside }) {
  const steps = useApp(shownSteps);
  const step = useApp(stepOnShow);
  const times = useMemo(() => steps.map(({ t }) => t), [steps]);
  const [low, high] = useMemo(() => rangeOf(logSnr), [logSnr]);
  const current = step?.t ?? null;
  return (
    <>
      {step ? (
        <p className={styles.note} data-testid="schedule-now">
          {sentence(stepText(step))}: ᾱ = {valueAt(alphasCumprod, step.t).toFixed(3)}, log SNR ={" "}
          {valueAt(logSnr, step.t).toFixed(2).replace("-", "−")}.
        </p>
      ) : (
        <p className={styles.note}>
          {alphasCumprod.length.toLocaleString("en")} times. A denoising run marks its steps here.
        </p>
      )}
      <StepScrubber />
      <SchedulePlot
        title="ᾱ, the share of signal in the variance"
        values={alphasCumprod}
        low={0}
        high={1}
        {...{ times, current }}
      />
      <SchedulePlot
        title="log SNR, natural logarithm of signal to noise"
        values={logSnr}
        {...{ low, high, times, current }}
      />
    </>
  );
}

export function ScheduleView() {
  const actions = useActions();
  const model = useApp((state) => state.model);
  const work = useApp(shownSchedule);
  useEffect(() => {
    if (model.status === "ready") void actions.readSchedule();
  }, [actions, model]);
  return (
    <View
      title="Noise schedule"
      mechanism={mechanism}
      formula={<Formula />}
      spoken={spoken}
      section="section 3: diffusion models"
      testId="view-schedule"
    >
      {model.status !== "ready" && <p className={styles.reason}>{missingModel(model)}</p>}
      {work.status === "running" && <ProgressBar name="Reading the schedule" fraction={null} />}
      {work.status === "failed" && <p className={styles.failed}>{work.message}</p>}
      {work.status === "done" && <Plots schedule={work.result} />}
    </View>
  );
}
