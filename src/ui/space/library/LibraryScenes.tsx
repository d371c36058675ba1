/** The scenes of the library, each with a way out. */
import { X } from "lucide-react";

import type { Space } from "../../../store/spaceState";
import { IconButton } from "../../common/Button";
import { PixelsCanvas } from "../../common/Canvas";
import { useActions } from "../../common/StoreContext";
import { Pager, usePages } from "../Pager";
import styles from "./Library.module.css";

/** Scenes on show at once. */
const pageSize = 24;

export function LibraryScenes({ space: { scenes } }: { space: Space }) {
  const actions = useActions();
  const { shown, page, count, setPage } = usePages(scenes, pageSize);
  if (scenes.length === 0) return null;
  return (
    <>
      <ul className={styles.scenes} aria-label="Scenes of the library">
        {shown.map(({ id, title, picture }) => (
          <li key={id}>
            <PixelsCanvas pixels={picture} className={styles.scene} role="img" aria-label={title} />
            <IconButton
              label={`Take ${title} out of the library`}
              className={styles.out}
              onClick={() => actions.removeLibraryScene(id)}
            >
              <X size={13} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
      <Pager name="scenes" page={page} count={count} onPage={setPage} />
    </>
  );
}
