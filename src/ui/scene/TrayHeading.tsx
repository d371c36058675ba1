/** Above a tray: how many slots, another order of them, and the scene's own again. */
import { RotateCcw, Shuffle } from "lucide-react";

import type { Scene } from "../../store/state";
import { whyNotDraw } from "../../store/whyNotDraw";
import { Button } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./TrayHeading.module.css";

export function TrayHeading({ scene }: { scene: Scene }) {
  const actions = useActions();
  const canDraw = useApp((state) => whyNotDraw(state, scene.id) === null);
  const { id, letter, placed, isOwnOrder } = scene;
  const isReady = scene.encoding.status === "ready";
  return (
    <div className={styles.heading}>
      <h4>Slots</h4>
      <p>
        {isReady
          ? `${placed.length} in this scene. Press or drag one to move it.`
          : "They appear here when the picture has been taken apart."}
      </p>
      {isReady && placed.length > 1 && (
        <Button
          tone="quiet"
          className={styles.action}
          icon={<Shuffle size={14} aria-hidden="true" />}
          aria-label={`Shuffle the order of scene ${letter}`}
          title="Draws the same slots in another order and measures what that changed"
          disabled={!canDraw}
          onClick={() => void actions.shuffleSlots(id)}
        >
          Shuffle order
        </Button>
      )}
      {!isOwnOrder && isReady && (
        <Button
          tone="quiet"
          className={styles.action}
          icon={<RotateCcw size={14} aria-hidden="true" />}
          aria-label={`Reset slots of scene ${letter}`}
          onClick={() => actions.resetSlots(id)}
        >
          Reset
        </Button>
      )}
    </div>
  );
}
