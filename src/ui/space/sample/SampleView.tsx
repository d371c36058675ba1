/** A new scene from slots of the library: how many of each concept, which the dice draw, and the picture of them. */
import { Dices, Play, RotateCw, X } from "lucide-react";

import type { FoundConcepts, Space } from "../../../store/spaceState";
import { Button } from "../../common/Button";
import { FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { SeedField } from "../../common/SeedField";
import { slotColor } from "../../common/slotColors";
import { useActions, useApp } from "../../common/StoreContext";
import { plural } from "../../common/count";
import { findLibraryScene, selectOtherModel, selectSpace } from "../selectors";
import { SlotThumb } from "../SlotThumb";
import { View } from "../../common/View";
import styles from "./Sample.module.css";
import { SamplePicture } from "./SamplePicture";

function Counts({ space, concepts }: { space: Space; concepts: FoundConcepts }) {
  const actions = useActions();
  return (
    <ul className={styles.counts} aria-label="Slots of each concept">
      {concepts.concepts.map(({ rows, representatives }, concept) => {
        const origin = concepts.library.origins[representatives[0] ?? -1];
        const scene = origin && findLibraryScene(space.scenes, origin.sceneId);
        const isBackground = concept === concepts.background;
        return (
          <li key={concept} style={{ borderInlineStartColor: slotColor(concept) }}>
            {scene && <SlotThumb scene={scene} index={origin.index} />}
            <span>
              Concept {concept + 1}
              {isBackground && <small>background</small>}
            </span>
            <NumberField
              label={`Slots of concept ${concept + 1}`}
              value={space.sample.counts[concept] ?? 0}
              min={0}
              max={isBackground ? 1 : rows.length}
              onChange={(count) => actions.setConceptCount(concept, count)}
              width="64px"
            />
          </li>
        );
      })}
    </ul>
  );
}

function Controls({ space }: { space: Space }) {
  const actions = useActions();
  const other = useApp(selectOtherModel);
  const hasModel = useApp((state) => state.model.status === "ready");
  const { seed, counts, render } = space.sample;
  const numSlots = counts.reduce((sum, count) => sum + count, 0);
  const isRunning = render.status === "running";
  return (
    <div className={styles.row}>
      <Button
        icon={<Dices size={15} aria-hidden="true" />}
        onClick={() => actions.rollCounts(seed + 1)}
      >
        Let the dice choose
      </Button>
      <FieldGroup name="Seed">
        <SeedField
          label="Seed of the scene"
          value={seed}
          onChange={(next) => actions.rollCounts(next)}
        />
      </FieldGroup>
      <Button
        tone="primary"
        icon={<Play size={15} aria-hidden="true" />}
        disabled={other !== null || !hasModel || numSlots === 0}
        onClick={() => void actions.sampleScene(seed)}
      >
        Draw a scene of {plural(numSlots, "slot")}
      </Button>
      {isRunning ? (
        <Button icon={<X size={15} aria-hidden="true" />} onClick={() => actions.cancelSample()}>
          Cancel drawing
        </Button>
      ) : (
        <Button
          icon={<RotateCw size={15} aria-hidden="true" />}
          disabled={other !== null || !hasModel || render.status === "none"}
          onClick={() => void actions.sampleScene(seed + 1)}
        >
          Again, other slots
        </Button>
      )}
    </div>
  );
}

const formula = (
  <>
    <i>x</i> ∼ <i>p</i>
    <sub>θ</sub>(<i>x</i> | <i>s</i>
    <sub>1</sub>, …, <i>s</i>
    <sub>K</sub>), <i>s</i>
    <sub>k</sub> ∼ <i>C</i>
    <sub>c(k)</sub>
  </>
);

export function SampleView() {
  const space = useApp(selectSpace);
  const { concepts } = space;
  return (
    <View
      title="Sample a scene from the library"
      mechanism="Slots are drawn from the concepts that you, or the dice, choose; they may never have met in a picture before. The diffusion decoder sees this set of slots, and nothing else, and draws the scene that it describes."
      formula={formula}
      spoken="x is drawn from p theta of x given slots s 1 to s K, and each slot s k from its concept"
      section="section 4, compositional generation"
      testId="space-sample"
    >
      {concepts && concepts.concepts.length > 0 ? (
        <>
          <Counts space={space} concepts={concepts} />
          <Controls space={space} />
          <SamplePicture space={space} />
        </>
      ) : (
        <p className={styles.note}>Scenes can be drawn as soon as the library has concepts.</p>
      )}
    </View>
  );
}
