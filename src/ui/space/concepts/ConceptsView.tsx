/** Visual concepts: groups of slots that show alike things, found by k-means. */
import { useId } from "react";

import type { Concept } from "../../../slotspace/concepts";
import { conceptLimits, type FoundConcepts, type Space } from "../../../store/spaceState";
import { plural } from "../../common/count";
import { slotColor } from "../../common/slotColors";
import { useActions, useApp } from "../../common/StoreContext";
import { conceptName, findLibraryScene, selectSpace, shareText, slotTitle } from "../selectors";
import { SlotThumb } from "../SlotThumb";
import { View } from "../../common/View";
import styles from "./Concepts.module.css";

type CardProps = { space: Space; concepts: FoundConcepts; concept: Concept; number: number };

function ConceptCard({ space, concepts, concept, number }: CardProps) {
  const actions = useActions();
  const { rows, meanShare, representatives } = concept;
  return (
    <li className={styles.card}>
      <h3>
        <span className={styles.dot} style={{ background: slotColor(number) }} aria-hidden="true" />
        {conceptName(concepts, number)}
      </h3>
      <p>
        {plural(rows.length, "slot")}, {shareText(meanShare)} of a picture each
      </p>
      <ul
        className={styles.slots}
        aria-label={`Slots nearest to the middle of concept ${number + 1}`}
      >
        {representatives.map((row) => {
          const origin = concepts.library.origins[row];
          const scene = origin && findLibraryScene(space.scenes, origin.sceneId);
          if (!origin || !scene) return null;
          const { sceneId, index } = origin;
          return (
            <li key={row}>
              <button
                type="button"
                className={styles.slot}
                aria-label={`Pick ${slotTitle(scene, index)}`}
                title={slotTitle(scene, index)}
                onClick={() => actions.pickSlot({ sceneId, index })}
              >
                <SlotThumb scene={scene} index={index} />
              </button>
            </li>
          );
        })}
      </ul>
    </li>
  );
}

function NumberOfConcepts({ value }: { value: number }) {
  const actions = useActions();
  const id = useId();
  return (
    <p className={styles.number}>
      <label htmlFor={id}>Number of concepts</label>
      <input
        id={id}
        type="range"
        min={conceptLimits.fewest}
        max={conceptLimits.most}
        value={value}
        onChange={({ target }) => actions.setNumConcepts(target.valueAsNumber)}
      />
      <output htmlFor={id}>{value}</output>
    </p>
  );
}

const formula = (
  <>
    min Σ<sub>c</sub> Σ
    <sub>
      <i>s</i>∈<i>C</i>
      <sub>c</sub>
    </sub>{" "}
    |<i>s</i> − <i>μ</i>
    <sub>c</sub>|²
  </>
);

export function ConceptsView() {
  const space = useApp(selectSpace);
  const { concepts, numConcepts } = space;
  return (
    <View
      title="Concepts"
      mechanism="k-means looks for so many middles that every slot is near to one; slots of one middle make a concept, such as the background or things of one colour or place. The paper draws new scenes from such concepts, and here are the slots that stand for each."
      formula={formula}
      spoken="the least sum over concepts of the sum over their slots of the squared distance from the concept's middle"
      section="section 4, compositional generation"
      testId="space-concepts"
    >
      <NumberOfConcepts value={numConcepts} />
      {concepts && concepts.concepts.length > 0 ? (
        <>
          <ul className={styles.cards} data-testid="concepts">
            {concepts.concepts.map((concept, number) => (
              <ConceptCard key={number} {...{ space, concepts, concept, number }} />
            ))}
          </ul>
          {concepts.concepts.length < numConcepts && (
            <p className={styles.note}>
              The library has {plural(concepts.concepts.length, "different slot")} for {numConcepts}{" "}
              concepts.
            </p>
          )}
        </>
      ) : (
        <p className={styles.note}>Concepts come with the first slots that win pixels.</p>
      )}
    </View>
  );
}
