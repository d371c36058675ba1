/** Every slot of the library as a table: the map in words, and another way to pick. */
import type { SlotOrigin } from "../../../slotspace/library";
import type { Space } from "../../../store/spaceState";
import { Button } from "../../common/Button";
import { plural } from "../../common/count";
import { useActions } from "../../common/StoreContext";
import { Pager, usePages } from "../Pager";
import { conceptName, conceptOf, findLibraryScene, shareText, slotTitle } from "../selectors";
import { SlotThumb } from "../SlotThumb";
import styles from "./Library.module.css";

/** Rows on show at once. */
const pageSize = 12;

function Row({ space, origin }: { space: Space; origin: SlotOrigin }) {
  const actions = useActions();
  const { sceneId, index, share } = origin;
  const scene = findLibraryScene(space.scenes, sceneId);
  const isPicked = space.picked?.sceneId === sceneId && space.picked.index === index;
  const name = slotTitle(scene, index);
  return (
    <tr>
      <td>{scene && <SlotThumb scene={scene} index={index} />}</td>
      <th scope="row">{name}</th>
      <td>{shareText(share)}</td>
      <td>{conceptName(space.concepts, conceptOf(space.concepts, origin))}</td>
      <td>
        <Button
          aria-pressed={isPicked}
          aria-label={`Pick ${name}`}
          onClick={() => actions.pickSlot(isPicked ? null : { sceneId, index })}
        >
          {isPicked ? "Picked" : "Pick"}
        </Button>
      </td>
    </tr>
  );
}

const columns = ["Picture", "Slot", "Share", "Concept", "Pick"];

export function SlotTable({ space }: { space: Space }) {
  const origins = space.library?.origins ?? [];
  const { shown, page, count, setPage } = usePages(origins, pageSize);
  if (origins.length === 0) return null;
  return (
    <details className={styles.details} data-testid="slot-table">
      <summary>All slots as a table</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label="Table of slots">
        <table className={styles.table}>
          <caption className="visually-hidden">
            {plural(origins.length, "slot")} of the library
          </caption>
          <thead>
            <tr>
              {columns.map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((origin) => (
              <Row key={`${origin.sceneId} ${origin.index}`} space={space} origin={origin} />
            ))}
          </tbody>
        </table>
      </div>
      <Pager name="slots" page={page} count={count} onPage={setPage} />
    </details>
  );
}
