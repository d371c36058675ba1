/** The paper's first experiments: each shows its panels alone, and does what it asks. */
import { insideScene, whyNotInspect, whyNotLook } from "../../store/insideSelectors";
import { experimentNames, type ExperimentName } from "../../store/insideState";
import type { AppState } from "../../store/state";
import { Button } from "../common/Button";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Inside.module.css";

const texts: Record<ExperimentName, { title: string; question: string }> = {
  firstStage: {
    title: "1. VQ-VAE alone",
    question:
      "How much of the picture survives the latent space? No slot can bring back what is lost here.",
  },
  slots: {
    title: "2. Slots alone",
    question: "Do the slots find the objects? Their masks say so before anything has been drawn.",
  },
  truth: {
    title: "3. Denoiser with slots from true masks",
    question:
      "What does the denoiser draw when nobody had to segment? An untrained stand-in: this model never saw such slots.",
  },
};

/** Why an experiment cannot be done now; null when it can. */
const whyNot =
  (name: ExperimentName) =>
  (state: AppState): string | null =>
    name === "truth" ? whyNotInspect(state, "truth") : whyNotLook(state);

function Experiment({ name }: { name: ExperimentName }) {
  const actions = useActions();
  const isChosen = useApp((state) => state.inside.experiment === name);
  const reason = useApp(whyNot(name));
  const { title, question } = texts[name];
  return (
    <li className={classNames(styles.experiment, isChosen && styles.isChosen)}>
      <h3>{title}</h3>
      <p>{reason ?? question}</p>
      <Button
        {...(!isChosen && { "aria-label": `Try it: ${title.slice(3)}` })}
        disabled={reason !== null && !isChosen}
        onClick={() => void actions.tryExperiment(isChosen ? null : name)}
      >
        {isChosen ? "Show everything" : "Try it"}
      </Button>
    </li>
  );
}

export function Experiments() {
  const letter = useApp((state) => insideScene(state)?.letter);
  return (
    <section aria-label="First experiments" data-testid="experiments">
      <ul className={styles.strip} aria-label={`First experiments on scene ${letter ?? "A"}`}>
        {experimentNames.map((name) => (
          <Experiment key={name} name={name} />
        ))}
      </ul>
    </section>
  );
}
