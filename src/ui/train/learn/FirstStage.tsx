/** The reconstruction check: what the VQ-VAE alone makes of these pictures (the paper's first experiment). */
import type { FirstStageCheck } from "../../../engine/protocol/training";
import { Button } from "../../common/Button";
import { PixelsCanvas } from "../../common/Canvas";
import { plural } from "../../common/count";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Learn.module.css";
import { estimateText, firstStageAdvice, withLearn } from "./plan";

/** Pairs on show. */
const numPairs = 6;

function Pairs({ pictures }: Pick<FirstStageCheck, "pictures">) {
  return (
    <ul className={styles.pairs} aria-label="Pictures and their reconstructions">
      {pictures.slice(0, numPairs).map(({ name, input, decoded }, at) => (
        <li key={at}>
          <PixelsCanvas pixels={input} role="img" aria-label={`${name}, as it is`} />
          <PixelsCanvas pixels={decoded} role="img" aria-label={`${name}, by the VQ-VAE alone`} />
        </li>
      ))}
    </ul>
  );
}

function Outcome({ check }: { check: FirstStageCheck }) {
  const actions = useActions();
  const draft = useApp((state) => state.draft);
  const { learn, text } = firstStageAdvice(check);
  return (
    <div className={styles.outcome} data-testid="first-stage" role="status">
      <p>
        <strong className={styles.number}>{estimateText(check.psnr)} dB</strong> PSNR, mean ±
        standard error over {plural(check.numPictures, "picture")}. {text}
      </p>
      {learn === "vqvae" && draft.learn !== "vqvae" && (
        <Button onClick={() => actions.planRun(withLearn(draft, "vqvae"))}>
          Choose “VQ-VAE first”
        </Button>
      )}
      <Pairs pictures={check.pictures} />
    </div>
  );
}

export function FirstStage() {
  const check = useApp((state) => state.firstStage);
  const hasData = useApp(({ draft }) => draft.data.kind === "scenes" || draft.data.setId !== "");
  const actions = useActions();
  return (
    <>
      <p className={styles.note}>
        All pictures pass through the VQ-VAE. The paper’s first experiment asks what it alone makes
        of pictures of another kind: where objects survive, it need not learn again. The border of
        about 28 dB is a guide, no law.
      </p>
      <div className={styles.fields}>
        <Button
          disabled={!hasData || check.status === "running"}
          onClick={() => void actions.checkFirstStage()}
        >
          Check on held-out pictures
        </Button>
        {!hasData && <p className={styles.note}>Choose a set of pictures in step 1 first.</p>}
      </div>
      {check.status === "running" && <ProgressBar name="Checking" fraction={null} />}
      {check.status === "failed" && <p className={styles.failed}>{check.message}</p>}
      {check.status === "done" && <Outcome check={check.result} />}
    </>
  );
}
