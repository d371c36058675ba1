/** One model, changed in one respect at a time: small multiples of quality and time. */
import { Download } from "lucide-react";

import { measureLimits, whyNotAblate } from "../../store/measurePlan";
import { ablationNames, type AblationName } from "../../store/measureState";
import { Button } from "../common/Button";
import { FieldGroup } from "../common/Field";
import { NumberField } from "../common/NumberField";
import { useActions, useApp } from "../common/StoreContext";
import { View } from "../common/View";
import { AblationNumbers } from "./AblationNumbers";
import { AblationPlot } from "./AblationPlot";
import { smallPlots } from "./ablationPlots";
import styles from "./Measure.module.css";

const texts: Record<AblationName, { title: string; axis: string; text: string }> = {
  slots: {
    title: "Number of slots",
    axis: "slots K",
    text: "Too few slots and objects share one; too many and an object falls apart. Only a model that draws its slots from a Gaussian can be asked for another number.",
  },
  iterations: {
    title: "Slot Attention iterations",
    axis: "iterations",
    text: "How many rounds the slots compete. The model was trained with one number of them; what happens with others is what is measured.",
  },
  steps: {
    title: "Steps T and sampler",
    axis: "network evaluations T",
    text: "How long the noise is removed for, and by which rule. Masks do not depend on it; time grows with every step.",
  },
};

function Ablation({ name }: { name: AblationName }) {
  const { title, axis, text } = texts[name];
  const ablation = useApp((state) => state.ablations[name]);
  const why = useApp((state) => whyNotAblate(state, name));
  const { ablate, cancelAblation } = useActions();
  const isRunning = ablation?.status === "running";
  const heading = `ablation-${name}`;
  return (
    <section
      className={styles.ablation}
      aria-labelledby={heading}
      data-testid={heading}
      data-status={ablation?.status ?? "none"}
    >
      <h3 id={heading}>{title}</h3>
      <p className={styles.note}>{text}</p>
      <div className={styles.row}>
        {isRunning ? (
          <Button onClick={() => cancelAblation()}>Stop</Button>
        ) : (
          <Button disabled={why !== null} onClick={() => void ablate(name)}>
            Measure: {title}
          </Button>
        )}
        <p className={styles.note}>
          {ablation
            ? `${ablation.title}: ${ablation.points.length} of ${ablation.total} points${isRunning ? "…" : ""}`
            : why}
        </p>
      </div>
      {ablation?.message && <p className={styles.failed}>{ablation.message}</p>}
      {ablation && (
        <>
          <div className={styles.plots}>
            {smallPlots(name, ablation).map((plot) => (
              <AblationPlot key={plot.title} plot={plot} axis={axis} isLog={name === "steps"} />
            ))}
          </div>
          <AblationNumbers name={name} ablation={ablation} axis={axis} />
        </>
      )}
    </section>
  );
}

function Tools() {
  const count = useApp((state) => state.ablationCount);
  const isEmpty = useApp(({ ablations }) =>
    Object.values(ablations).every(({ points }) => points.length === 0),
  );
  const { saveAblations, setAblationCount } = useActions();
  return (
    <div className={styles.row}>
      <FieldGroup name="Pictures a point">
        <NumberField
          label="Pictures a point"
          value={count}
          {...measureLimits.ablationCount}
          onChange={setAblationCount}
        />
      </FieldGroup>
      <Button
        icon={<Download size={15} aria-hidden="true" />}
        disabled={isEmpty}
        onClick={() => saveAblations()}
      >
        All points (CSV)
      </Button>
      <p className={styles.note}>
        The model and the pictures chosen above, one seed; bars are standard errors over pictures.
        The noise schedule stays the model’s own: its U-Net has learned to remove the noise of that
        schedule and no other, so another one takes another training.
      </p>
    </div>
  );
}

export function AblationsView() {
  return (
    <View
      title="What does each choice cost, and buy?"
      mechanism="The same model measures the same pictures again and again, with one thing changed: how many slots there are, how long they compete, or how many steps remove the noise. Nothing is trained anew, so what is seen is how far a trained model bends."
      formula={
        <>
          <i>t</i>(picture) ≈ <i>t</i>(slots) + <i>T</i> · <i>t</i>(U-Net) + <i>t</i>(decoder)
        </>
      }
      spoken="time of a picture is about the time of its slots plus T times the time of the U-Net plus the time of the decoder"
      section="section 4: experiments, ablation study"
      testId="ablations"
    >
      <Tools />
      {ablationNames.map((name) => (
        <Ablation key={name} name={name} />
      ))}
    </View>
  );
}
