/** What can be done with the pictures chosen, and with those that look alike. */
import { Copy, EyeOff, Trash2 } from "lucide-react";

import type { PictureSet } from "../../../engine/protocol/sets";
import { Button } from "../../common/Button";
import { ConfirmButton } from "../../common/ConfirmButton";
import { plural } from "../../common/count";
import styles from "./PictureGrid.module.css";
import { twinIds } from "./setTexts";

type GridToolsProps = {
  set: PictureSet;
  /** Ids of the pictures chosen. */
  chosen: string[];
  onRemove: (ids: string[]) => void;
  onClear: () => void;
};

export function GridTools({ set, chosen, onRemove, onClear }: GridToolsProps) {
  const twins = twinIds(set);
  return (
    <div className={styles.tools}>
      <p className={styles.legend}>
        <EyeOff size={13} aria-hidden="true" /> held out
        {twins.length > 0 && (
          <>
            <Copy size={13} aria-hidden="true" /> looks like another
          </>
        )}
      </p>
      <p className={styles.hint}>
        {chosen.length === 0
          ? "Click pictures to choose them; Shift for a range, Delete to remove."
          : `${plural(chosen.length, "picture")} chosen.`}
      </p>
      {twins.length > 0 && (
        <ConfirmButton
          question={`Remove ${plural(twins.length, "look-alike")}? The first of each stays.`}
          onConfirm={() => onRemove(twins)}
        >
          Remove all look-alikes
        </ConfirmButton>
      )}
      {chosen.length > 0 && (
        <>
          <Button tone="quiet" onClick={onClear}>
            Choose none
          </Button>
          <Button
            tone="danger"
            icon={<Trash2 size={15} aria-hidden="true" />}
            onClick={() => onRemove(chosen)}
          >
            Remove chosen
          </Button>
        </>
      )}
    </div>
  );
}
