/**
 * The pictures of a set. Only tiles near what is seen are in the document, so that 5,000 scroll as easily as 50. A list box:
 * arrows move, Space chooses, Shift takes a range, Delete removes.
 */
import {
  useCallback,
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type MouseEvent,
} from "react";

import type { PictureSet } from "../../../engine/protocol/sets";
import { useActions } from "../../common/StoreContext";
import { GridTools } from "./GridTools";
import { gridWindow, scrollToTile } from "./gridWindow";
import styles from "./PictureGrid.module.css";
import { PictureTile } from "./PictureTile";
import { chooseAll, emptySelection, extend, moved, toggle } from "./selection";
import { useGridView } from "./useGridView";

/** Least side of a tile with its gap, in pixels. */
const tileSide = 76;

export function PictureGrid({ set }: { set: PictureSet }) {
  const actions = useActions();
  const list = useId();
  const box = useRef<HTMLDivElement>(null);
  const view = useGridView(box, tileSide);
  const [selection, setSelection] = useState(emptySelection);
  const { id: setId, pictures } = set;
  const count = pictures.length;
  const active = Math.min(selection.active, count - 1);
  const grid = gridWindow(count, view, tileSide);
  const shown = pictures.slice(grid.first, grid.end);
  const wanted = shown.map(({ id }) => id).join(" "); // ids are hexadecimal; one string is compared by value

  useEffect(() => {
    if (wanted !== "") void actions.loadThumbnails(wanted.split(" "));
  }, [actions, setId, wanted]);

  const isActiveDrawn = active >= grid.first && active < grid.end;
  const chosenIds = [...selection.chosen].flatMap((index) => pictures[index]?.id ?? []);
  const remove = (ids: string[]) => {
    setSelection({ ...emptySelection, active });
    void actions.removePictures(ids);
  };
  const press = useCallback(
    (index: number, { shiftKey }: MouseEvent) =>
      setSelection((before) => (shiftKey ? extend(before, index) : toggle(before, index))),
    [],
  );
  const type = (key: KeyboardEvent) => {
    const rows = Math.max(1, Math.floor(view.height / grid.pitch));
    const to = moved(key.key, active, { columns: grid.columns, rows, count });
    if (to !== null) {
      setSelection(key.shiftKey ? extend(selection, to) : { ...selection, active: to, anchor: to });
      const scrollTop = box.current?.scrollTop ?? 0;
      box.current?.scrollTo({ top: scrollToTile(to, { ...view, scrollTop }, grid) });
    } else if (key.key === " " || key.key === "Enter") setSelection(toggle(selection, active));
    else if (key.key === "a" && (key.ctrlKey || key.metaKey))
      setSelection(chooseAll(selection, count));
    else if (key.key === "Escape") setSelection({ ...emptySelection, active });
    else if (key.key === "Delete" && chosenIds.length > 0) remove(chosenIds);
    else return;
    key.preventDefault();
  };

  return (
    <div className={styles.pictures}>
      <GridTools
        set={set}
        chosen={chosenIds}
        onRemove={remove}
        onClear={() => setSelection({ ...emptySelection, active })}
      />
      <div
        ref={box}
        role="listbox"
        aria-multiselectable
        aria-label={`Pictures of ${set.name}`}
        aria-activedescendant={isActiveDrawn ? `${list}-${active}` : undefined}
        tabIndex={0}
        className={styles.box}
        data-testid="pictures"
        onKeyDown={type}
      >
        <div role="presentation" style={{ blockSize: grid.totalHeight }}>
          <div
            role="presentation"
            className={styles.rows}
            style={{
              translate: `0 ${grid.offset}px`,
              gridTemplateColumns: `repeat(${grid.columns}, minmax(0, 1fr))`,
            }}
          >
            {shown.map((picture, at) => (
              <PictureTile
                key={picture.id}
                id={`${list}-${grid.first + at}`}
                setId={setId}
                picture={picture}
                index={grid.first + at}
                count={count}
                isChosen={selection.chosen.has(grid.first + at)}
                isActive={grid.first + at === active}
                onPress={press}
              />
            ))}
          </div>
        </div>
      </div>
    </div>
  );
}
