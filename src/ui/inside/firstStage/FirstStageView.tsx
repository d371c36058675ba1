/** The VQ-VAE alone on the scene's picture: what it gives back, with which codes, and where it errs. */
import { useEffect, useMemo } from "react";

import type { FirstStageInside } from "../../../engine/protocol/inside";
import type { Pixels } from "../../../engine/protocol";
import { insideScene, shownFirstStage, whyNotLook } from "../../../store/insideSelectors";
import { Button } from "../../common/Button";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import { View } from "../../common/View";
import { countCodes, meanAndMax } from "../facts";
import styles from "../Inside.module.css";
import { paintCodes, paintError } from "../paint";
import { Picture, Tile } from "../Tile";

const mechanism =
  "Denoising does not happen on pixels but on a small grid of latents, each of which is replaced by the nearest of a fixed set of codes before a decoder paints it. " +
  "What is lost on this way is lost to every picture that the page draws, whatever the slots say.";

function Formula() {
  return (
    <>
      <i>z</i> = <i>E</i>(<i>x</i>),{"  "}
      <i>z</i>
      <sub>q</sub> = argmin<sub>c</sub> ‖<i>z</i> − <i>c</i>‖,{"  "}
      <i>x̂</i> = <i>D</i>(<i>z</i>
      <sub>q</sub>),{"  "}
      PSNR = −10 log<sub>10</sub> mean (<i>x</i> − <i>x̂</i>)²
    </>
  );
}

const spoken =
  "z is the encoder of x; each latent becomes the nearest code; x hat is the decoder of the codes; PSNR is minus ten times the decimal logarithm of the mean squared error.";

function Facts({ found, mean }: { found: FirstStageInside; mean: number }) {
  const [height, width] = found.codesSize;
  const facts = [
    { name: "PSNR", value: `${found.psnr.toFixed(1)} dB` },
    { name: "mean error of a value, of 255", value: (255 * mean).toFixed(1) },
    { name: "latents", value: `${width} × ${height}` },
    {
      name: "codes used here, of the codebook",
      value: `${countCodes(found.codes)} of ${found.numCodes.toLocaleString("en")}`,
    },
  ];
  return (
    <dl className={styles.facts} data-testid="first-stage-facts">
      {facts.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Found({ input, found }: { input: Pixels; found: FirstStageInside }) {
  const { mean, max } = useMemo(() => meanAndMax(found.error), [found]);
  const [error, codes] = useMemo(
    () => [
      paintError(found.error, [input.height, input.width], max),
      paintCodes(found.codes, found.codesSize),
    ],
    [found, input, max],
  );
  return (
    <>
      <Facts found={found} mean={mean} />
      <div className={styles.pictures}>
        <Tile name="Picture" note="as the model takes it">
          <Picture
            pixels={input}
            label="The picture as the model takes it"
            testId="first-stage-input"
          />
        </Tile>
        <Tile name="Reconstruction" note="by the VQ-VAE alone">
          <Picture
            pixels={found.reconstruction}
            label="Reconstruction by the VQ-VAE alone"
            testId="reconstruction"
          />
        </Tile>
        <Tile name="Error" note={`black 0, white ${(255 * max).toFixed(0)} of 255`}>
          <Picture pixels={error} label="Error of each pixel" isPixelated testId="error-map" />
        </Tile>
        <Tile name="Codes" note="one colour a code; the colours mean nothing else">
          <Picture pixels={codes} label="Code of each latent" isPixelated testId="codes" />
        </Tile>
      </div>
    </>
  );
}

export function FirstStageView() {
  const actions = useActions();
  const encoding = useApp((state) => insideScene(state)?.encoding);
  const model = useApp((state) => state.model);
  const reason = useApp(whyNotLook);
  const work = useApp(shownFirstStage);
  const input = encoding?.status === "ready" ? encoding.input : null;
  useEffect(() => {
    if (input !== null && model.status === "ready") void actions.inspectFirstStage();
  }, [actions, input, model]);
  return (
    <View
      title="VQ-VAE: from pixels to codes and back"
      mechanism={mechanism}
      formula={<Formula />}
      spoken={spoken}
      section="section 3: latent diffusion, the first stage"
      testId="view-first-stage"
    >
      {reason !== null && <p className={styles.reason}>{reason}</p>}
      {work.status === "running" && (
        <ProgressBar name="The picture passes through the VQ-VAE" fraction={null} />
      )}
      {work.status === "failed" && (
        <>
          <p className={styles.failed}>{work.message}</p>
          <div>
            <Button onClick={() => void actions.inspectFirstStage()}>Try again</Button>
          </div>
        </>
      )}
      {work.status === "done" && input !== null && <Found input={input} found={work.result} />}
    </View>
  );
}
