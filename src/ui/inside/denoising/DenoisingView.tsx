/** A denoising run evaluation by evaluation: what went in, what it predicts, and that prediction decoded. */
import {
  isRunOutdated,
  shownDenoising,
  stepOnShow,
  whyNotInspect,
} from "../../../store/insideSelectors";
import type { Denoising } from "../../../store/insideState";
import { Button } from "../../common/Button";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import { samplerTitles } from "../../../store/titles";
import { View } from "../../common/View";
import { timeText } from "../facts";
import styles from "../Inside.module.css";
import { Picture, Tile } from "../Tile";
import { StepScrubber } from "./StepScrubber";

const mechanism =
  "Drawing begins with pure noise in the latent space, and a U-Net that reads the slots predicts the clean latents again and again, with less noise left each time. " +
  "Early evaluations settle where things are, late ones their details: scrub to see what the prediction already knows at each.";

function Formula() {
  return (
    <>
      <i>x</i>
      <sub>t</sub> = √<i>ᾱ</i>
      <sub>t</sub> <i>x</i>
      <sub>0</sub> + √(1 − <i>ᾱ</i>
      <sub>t</sub>) <i>ε</i>,{"  "}
      <i>x̂</i>
      <sub>0</sub> = <i>f</i>
      <sub>θ</sub>(<i>x</i>
      <sub>t</sub>, <i>t</i>, <i>S</i>)
    </>
  );
}

const spoken =
  "x at time t is root alpha bar t times x zero plus root of one minus alpha bar t times noise; the network predicts x zero from x at t, the time t and the slots S.";

function Settings() {
  const { sampler, steps, seed } = useApp((state) => state.settings);
  return (
    <p className={styles.note}>
      {samplerTitles[sampler]}, {steps} steps, seed {seed}: the settings of the Play page.
    </p>
  );
}

function RunButtons({ run }: { run: Denoising }) {
  const actions = useActions();
  const whyNotPlaced = useApp((state) => whyNotInspect(state, "placed"));
  const whyNotTruth = useApp((state) => whyNotInspect(state, "truth"));
  if (run.status === "running") {
    return (
      <div className={styles.row}>
        <Button onClick={() => actions.stopDenoising()}>Stop</Button>
      </div>
    );
  }
  return (
    <>
      <div className={styles.row}>
        <Button
          tone="primary"
          disabled={whyNotPlaced !== null}
          onClick={() => void actions.inspectDenoising("placed")}
        >
          Denoise with the scene’s slots
        </Button>
        <Button
          disabled={whyNotTruth !== null}
          onClick={() => void actions.inspectDenoising("truth")}
        >
          Denoise with slots from true masks
        </Button>
      </div>
      {whyNotPlaced !== null && <p className={styles.reason}>{whyNotPlaced}</p>}
      {whyNotTruth !== null && whyNotTruth !== whyNotPlaced && (
        <p className={styles.reason}>{whyNotTruth}</p>
      )}
    </>
  );
}

/** What slots from true masks are here, and what they are not. */
function TruthNote() {
  return (
    <p className={styles.note} data-testid="truth-note">
      These slots come from the true masks: the rounds of Slot Attention ran with each slot’s
      attention replaced by one object’s mask. Neither the paper nor its code has such slots, and
      this model was never trained with them; they are a stand-in for a denoiser trained on true
      masks, not one, and their pictures need not be better than those from the scene’s own slots.
    </p>
  );
}

function Progress({ run }: { run: Denoising }) {
  const step = useApp(stepOnShow);
  if (run.status !== "running") return null;
  const newest = run.steps.at(-1);
  const amount = newest && `${newest.step} of ${newest.totalSteps}`;
  const fraction = newest ? newest.step / newest.totalSteps : null;
  return (
    <ProgressBar
      name={step === null ? "Beginning" : "Denoising"}
      fraction={fraction}
      {...(amount !== undefined && { amount })}
    />
  );
}

/** The prediction as a picture, once it is asked for. */
function Decoded() {
  const actions = useActions();
  const step = useApp(stepOnShow);
  const picture = useApp(({ inside }) => (step ? (inside.decoded.get(step) ?? null) : null));
  const isDecoding = useApp(({ inside }) => step !== null && inside.decoding === step);
  if (step === null) return null;
  const note = "the prediction through the VQ-VAE";
  return (
    <Tile name="Decoded" note={note}>
      {picture ? (
        <Picture
          pixels={picture}
          label={`Prediction of evaluation ${step.step}, decoded`}
          testId="decoded"
        />
      ) : (
        <div className={styles.action}>
          {isDecoding ? (
            <ProgressBar name="Decoding" fraction={null} />
          ) : (
            <Button onClick={() => void actions.decodeStep()}>Decode this step</Button>
          )}
        </div>
      )}
    </Tile>
  );
}

function StepPictures({ run }: { run: Denoising }) {
  const step = useApp(stepOnShow);
  if (step === null) return null;
  const { xt, x0, t } = step;
  return (
    <>
      <StepScrubber />
      <div className={styles.pictures}>
        <Tile name="Noisy latents" note={`x at t = ${timeText(t)}, as colours`}>
          <Picture pixels={xt} label={`Noisy latents at t = ${timeText(t)}`} testId="step-xt" />
        </Tile>
        <Tile name="Predicted clean latents" note="as colours">
          <Picture pixels={x0} label="Predicted clean latents" testId="step-x0" />
        </Tile>
        <Decoded />
        {run.status === "done" && (
          <Tile name="The picture" note="after the last step">
            <Picture pixels={run.image} label="The drawn picture" testId="inspected-picture" />
          </Tile>
        )}
      </div>
    </>
  );
}

export function DenoisingView() {
  const run = useApp(shownDenoising);
  const isOutdated = useApp(isRunOutdated);
  return (
    <View
      title="Denoising"
      mechanism={mechanism}
      formula={<Formula />}
      spoken={spoken}
      section="section 3: the slot-conditioned diffusion model"
      testId="view-denoising"
    >
      <RunButtons run={run} />
      <Settings />
      {isOutdated && (
        <p className={styles.outdated}>
          Slots or settings have changed since: this is what the ones before gave.
        </p>
      )}
      {run.status !== "none" && run.origin === "truth" && <TruthNote />}
      <Progress run={run} />
      {run.status === "failed" && <p className={styles.failed}>{run.message}</p>}
      <StepPictures run={run} />
    </View>
  );
}
