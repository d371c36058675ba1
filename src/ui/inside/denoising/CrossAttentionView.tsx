/** What the U-Net reads from each slot, at the step on show and in one of its layers. */
import { useMemo, useState } from "react";

import type { DenoisingStep, LayerAttention } from "../../../engine/protocol/inside";
import { shownDenoising, stepOnShow } from "../../../store/insideSelectors";
import type { ReadSlot } from "../../../store/insideState";
import { sentence } from "../../../store/sceneNames";
import { Field } from "../../common/Field";
import { useApp } from "../../common/StoreContext";
import { View } from "../../common/View";
import { layerTitle, stepText } from "../facts";
import styles from "../Inside.module.css";
import { Overlay } from "../Overlay";
import { Faded, Picture, Tile, Weights } from "../Tile";
import { StepScrubber } from "./StepScrubber";

const mechanism =
  "In every layer each place of the latents asks the slots, and the shares in which they answer sum to one: full colour means that a place reads this slot alone. " +
  "The slots speak through nothing else, so these maps show where a slot has its say in the picture that is being drawn.";

function Formula() {
  return (
    <>
      CA(<i>h</i>, <i>S</i>) = softmax<sub>k</sub>( <i>Q</i>(<i>h</i>) <i>K</i>(<i>S</i>)
      <sup>⊤</sup> / √<i>d</i> ) <i>V</i>(<i>S</i>)
    </>
  );
}

const spoken =
  "Cross-attention of features h and slots S: the softmax over slots of query of h times key of S over root d, times the values of S.";

const noSlots: readonly ReadSlot[] = [];

type MapsProps = { step: DenoisingStep; attention: LayerAttention; slots: readonly ReadSlot[] };

function Maps({ step, attention: { layer, size, probs }, slots }: MapsProps) {
  const area = size[0] * size[1];
  const colors = useMemo(() => slots.map(({ color }) => color), [slots]);
  const where = `${layerTitle(layer, size)}, ${stepText(step)}`;
  const base = <Picture pixels={step.x0} />;
  return (
    <div className={styles.pair}>
      <Tile name="All slots" note="the strongest at each place, over the prediction">
        {base}
        <Overlay
          masks={probs}
          {...{ size, colors }}
          label={`Strongest slot at each place: ${where}`}
          testId="cross-overlay"
        />
      </Tile>
      <div className={styles.tiles}>
        {slots.map(({ name, color }, k) => (
          <Tile key={k} name={sentence(name)} color={color} testId={`cross-slot-${k}`}>
            <Faded>{base}</Faded>
            <Weights
              weights={probs.subarray(k * area, (k + 1) * area)}
              {...{ size, color }}
              label={`Where ${name} is read: ${where}`}
              testId={`cross-map-${k}`}
            />
          </Tile>
        ))}
      </div>
    </div>
  );
}

/** The layer asked for; else the last, the finest that is nearest to the output. */
const layerOf = (step: DenoisingStep, chosen: string | null): LayerAttention | undefined =>
  step.attention.find(({ layer }) => layer === chosen) ?? step.attention.at(-1);

export function CrossAttentionView() {
  const [chosen, setChosen] = useState<string | null>(null);
  const step = useApp(stepOnShow);
  const slots = useApp((state) => {
    const run = shownDenoising(state);
    return "slots" in run ? run.slots : noSlots;
  });
  const attention = step && layerOf(step, chosen);
  return (
    <View
      title="Cross-attention: who draws what"
      mechanism={mechanism}
      formula={<Formula />}
      spoken={spoken}
      section="section 3: the slot-conditioned diffusion model"
      testId="view-cross"
    >
      {step && attention ? (
        <>
          <Field name="Layer of the U-Net">
            <select
              value={attention.layer}
              style={{ maxInlineSize: 320 }}
              onChange={(change) => setChosen(change.target.value)}
            >
              {step.attention.map(({ layer, size }) => (
                <option key={layer} value={layer}>
                  {sentence(layerTitle(layer, size))}
                </option>
              ))}
            </select>
          </Field>
          <StepScrubber />
          <Maps {...{ step, attention, slots }} />
        </>
      ) : (
        <p className={styles.reason}>Run the denoising above: its maps appear here as it goes.</p>
      )}
    </View>
  );
}
