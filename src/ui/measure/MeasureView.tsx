/** A model's numbers on many pictures, each with what is known of its error. */
import { Button } from "../common/Button";
import { ProgressBar } from "../common/ProgressBar";
import { useActions, useApp } from "../common/StoreContext";
import { View } from "../common/View";
import { Gallery } from "./Gallery";
import styles from "./Measure.module.css";
import { MeasuredTable } from "./MeasuredTable";
import { MeasureForm } from "./MeasureForm";
import { SaveButtons } from "./SaveButtons";

function Formula() {
  return (
    <>
      <i>x̄</i> ± <i>s</i> / √<i>n</i>
      {",\u2003"}ARI = (RI − E[RI]) / (max RI − E[RI])
    </>
  );
}

function Progress() {
  const measurement = useApp((state) => state.measurement);
  const { cancelMeasure } = useActions();
  if (measurement.status !== "running") return null;
  const { progress } = measurement;
  return (
    <div className={styles.progress} data-testid="measure-progress">
      <ProgressBar
        name={progress ? `Measuring ${progress.title}` : "Measuring"}
        fraction={progress && progress.total > 0 ? progress.done / progress.total : null}
        {...(progress ? { amount: `${progress.done} of ${progress.total}` } : {})}
      />
      <Button onClick={() => cancelMeasure()}>Cancel</Button>
    </div>
  );
}

function Outcome() {
  const measurement = useApp((state) => state.measurement);
  if (measurement.status === "failed")
    return <p className={styles.failed}>{measurement.message}</p>;
  if (measurement.status !== "done") return null;
  const { result } = measurement;
  const [model] = result.models;
  return (
    <>
      <MeasuredTable table={result} />
      <SaveButtons />
      {model && <Gallery model={model} />}
    </>
  );
}

export function MeasureView() {
  return (
    <View
      title="How good is a model?"
      mechanism="Masks are compared with the true objects of each picture, and pictures drawn from slots with the pictures themselves; the same pictures and seeds give the same numbers. A mean over n pictures is only as sure as its standard error, which is over pictures with one evaluation seed, and over the seeds’ means with several."
      formula={<Formula />}
      spoken="mean plus or minus s over the square root of n; A R I equals R I minus its expected value, over its maximum minus its expected value"
      section="section 4: experiments, evaluation metrics"
      testId="measure"
    >
      <MeasureForm />
      <Progress />
      <Outcome />
    </View>
  );
}
