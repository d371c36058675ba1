/** One scene taken apart: a plane for each slot, as far apart as the slider says. */
import { lazy, useId, useMemo, useState } from "react";

import type { LibraryScene, Space } from "../../../store/spaceState";
import { Field } from "../../common/Field";
import { slotColor } from "../../common/slotColors";
import { useActions, useApp } from "../../common/StoreContext";
import { findLibraryScene, selectSpace, shareText } from "../selectors";
import { SlotThumb } from "../SlotThumb";
import { LazyStage } from "../stage/LazyStage";
import { View } from "../../common/View";
import styles from "./Exploded.module.css";
import { layersOf, type Layer } from "./layers";

const ExplodedCanvas = lazy(() =>
  import("./ExplodedCanvas").then((module) => ({ default: module.ExplodedCanvas })),
);

type LayersProps = { scene: LibraryScene; layers: readonly Layer[] };

/** The planes in words, from back to front. */
function Layers({ scene, layers }: LayersProps) {
  const actions = useActions();
  return (
    <ol className={styles.layers} aria-label="Planes from back to front">
      {layers.map(({ index, share }) => (
        <li key={index}>
          <button
            type="button"
            className={styles.layer}
            style={{ borderInlineStartColor: slotColor(index) }}
            onClick={() => actions.pickSlot({ sceneId: scene.id, index })}
          >
            <SlotThumb scene={scene} index={index} />
            <span>
              <span className="visually-hidden">Pick </span>Slot {index + 1}
              <small>{shareText(share)}</small>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}

function Taken({ scene }: { scene: LibraryScene }) {
  const [distance, setDistance] = useState(0.3);
  const slider = useId();
  const layers = useMemo(() => layersOf(scene), [scene]);
  const content = useMemo(() => ({ layers, distance }), [layers, distance]);
  return (
    <>
      <p className={styles.slider}>
        <label htmlFor={slider}>Distance between planes</label>
        <input
          id={slider}
          type="range"
          min={0}
          max={0.6}
          step={0.01}
          value={distance}
          onChange={({ target }) => setDistance(target.valueAsNumber)}
        />
      </p>
      <LazyStage instead="The list below shows what each slot wins.">
        <ExplodedCanvas title={scene.title} content={content} />
      </LazyStage>
      <Layers scene={scene} layers={layers} />
    </>
  );
}

/** The scene chosen here; until then the picked slot's, or the first. */
function sceneToShow({ scenes, picked }: Space, chosen: string | null): LibraryScene | undefined {
  const wanted = chosen ?? picked?.sceneId;
  return (wanted === undefined ? undefined : findLibraryScene(scenes, wanted)) ?? scenes[0];
}

const formula = (
  <>
    <i>x</i> = Σ<sub>k</sub> <b>1</b>[<i>k</i> = argmax<sub>j</sub> <i>a</i>
    <sub>j</sub>] ⊙ <i>x</i>
  </>
);

export function ExplodedView() {
  const space = useApp(selectSpace);
  const [chosen, setChosen] = useState<string | null>(null);
  const scene = sceneToShow(space, chosen);
  return (
    <View
      title="A scene taken apart"
      mechanism="Each pixel belongs to the slot whose attention is largest there, which is how the paper reads a segmentation. Every slot gets a plane with its pixels; pushed together they are the picture again, for nothing is lost and nothing counted twice."
      formula={formula}
      spoken="x equals the sum over slots k of x where k has the largest attention"
      section="section 4, unsupervised segmentation"
      testId="space-exploded"
    >
      {scene ? (
        <>
          <Field name="Scene">
            <select
              className={styles.select}
              value={scene.id}
              onChange={({ target }) => setChosen(target.value)}
            >
              {space.scenes.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          </Field>
          <Taken key={scene.id} scene={scene} />
        </>
      ) : (
        <p className={styles.note}>Add a scene to the library to take it apart.</p>
      )}
    </View>
  );
}
