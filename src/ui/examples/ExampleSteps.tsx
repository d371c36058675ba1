/** How the picture of an example's own slots came out of noise, step by step. */
import { useState } from "react";

import { predictionPlace } from "../../store/exampleSchema";
import type { Example } from "../../store/exampleState";
import { sentence } from "../../store/sceneNames";
import { PixelsCanvas } from "../common/Canvas";
import { Scrubber } from "../common/Scrubber";
import { stepText } from "../inside/facts";
import styles from "./Examples.module.css";
import { PartCanvas } from "./PartCanvas";

export function ExampleSteps({ example }: { example: Example }) {
  const { facts, noisy, pictures } = example;
  const [frame, setFrame] = useState(0);
  const { step = 1, t = 0 } = facts.frames[frame] ?? {};
  const words = sentence(stepText({ step, t, totalSteps: facts.settings.steps }));
  const latents = noisy[frame];
  return (
    <section className={styles.panel} aria-labelledby="example-steps">
      <h3 id="example-steps">Denoise</h3>
      <p>The picture of its own slots comes out of noise: drag to see each step.</p>
      <div className={styles.pair}>
        <figure>
          {latents && (
            <PixelsCanvas
              pixels={latents}
              className={styles.latents}
              role="img"
              aria-label={`Noisy latents, ${words}`}
              data-testid="example-noisy"
            />
          )}
          <figcaption>Noisy latents, as colours</figcaption>
        </figure>
        <figure>
          <PartCanvas
            sheet={pictures}
            place={predictionPlace(facts, frame)}
            label={`Prediction, ${words}`}
            testId="example-prediction"
          />
          <figcaption>What the network expects of them</figcaption>
        </figure>
      </div>
      <Scrubber
        name="Evaluation"
        value={frame + 1}
        min={1}
        max={facts.frames.length}
        {...{ words }}
        onChange={(value) => setFrame(value - 1)}
      />
    </section>
  );
}
