/** The picked slot: what it shows, where it is from, its concept, and its nearest slots. */
import { useMemo } from "react";

import { neighboursOf, type DistanceName } from "../../../slotspace/neighbours";
import type { Space } from "../../../store/spaceState";
import type { SlotRef } from "../../../store/state";
import { Segmented } from "../../common/Segmented";
import { useActions } from "../../common/StoreContext";
import {
  conceptName,
  conceptOf,
  findLibraryScene,
  rowOfSlot,
  shareText,
  slotTitle,
} from "../selectors";
import { SlotThumb } from "../SlotThumb";
import styles from "./Map.module.css";

/** Nearest slots on show. */
export const numNeighbours = 8;

const distances = [
  { value: "cosine", label: "Cosine" },
  { value: "euclidean", label: "Euclidean" },
] as const;

function Facts({ space, slot, share }: { space: Space; slot: SlotRef; share: number }) {
  const scene = findLibraryScene(space.scenes, slot.sceneId);
  return (
    <div className={styles.facts}>
      {scene && <SlotThumb scene={scene} index={slot.index} isLarge />}
      <dl>
        <dt>Slot</dt>
        <dd data-testid="picked-name">{slotTitle(scene, slot.index)}</dd>
        <dt>Share of the picture</dt>
        <dd>{shareText(share)}</dd>
        <dt>Concept</dt>
        <dd>{conceptName(space.concepts, conceptOf(space.concepts, slot))}</dd>
      </dl>
    </div>
  );
}

type NeighboursProps = { space: Space; row: number; distance: DistanceName };

function Neighbours({ space, row, distance }: NeighboursProps) {
  const actions = useActions();
  const { library } = space;
  const near = useMemo(
    () => (library ? neighboursOf(row, library, { n: numNeighbours, distance }) : []),
    [library, row, distance],
  );
  return (
    <ol className={styles.neighbours} data-testid="neighbours">
      {near.map((neighbour) => {
        const origin = library?.origins[neighbour.row];
        const scene = origin && findLibraryScene(space.scenes, origin.sceneId);
        if (!origin || !scene) return null;
        const { sceneId, index } = origin;
        const length = neighbour.distance.toFixed(3);
        return (
          <li key={`${sceneId} ${index}`}>
            <button
              type="button"
              className={styles.neighbour}
              aria-label={`Pick ${slotTitle(scene, index)}, distance ${length}`}
              title={slotTitle(scene, index)}
              onClick={() => actions.pickSlot({ sceneId, index })}
            >
              <SlotThumb scene={scene} index={index} />
              <span>{length}</span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}

type PickedSlotProps = {
  space: Space;
  distance: DistanceName;
  onDistance: (distance: DistanceName) => void;
};

export function PickedSlot({ space, distance, onDistance }: PickedSlotProps) {
  const { picked, library } = space;
  const row = picked && library ? rowOfSlot(library, picked) : -1;
  const share = library?.origins[row]?.share;
  if (!picked || share === undefined)
    return (
      <aside className={styles.picked} aria-label="Picked slot">
        <p className={styles.empty}>
          Pick a disc of the map, or a slot of the table, to see what it is and which slots are
          nearest to it.
        </p>
      </aside>
    );
  return (
    <aside className={styles.picked} aria-label="Picked slot">
      <Facts space={space} slot={picked} share={share} />
      <h3>Nearest slots</h3>
      <p className={styles.note}>
        Measured with all numbers of the slots, not on the map. Cosine,{" "}
        <span className={styles.math}>
          1 − <i>a</i>·<i>b</i> ⁄ |<i>a</i>||<i>b</i>|
        </span>
        , looks at directions alone; Euclidean,{" "}
        <span className={styles.math}>
          |<i>a</i> − <i>b</i>|
        </span>
        , at lengths too.
      </p>
      <Segmented name="Distance" value={distance} options={distances} onChange={onDistance} />
      <Neighbours space={space} row={row} distance={distance} />
    </aside>
  );
}
