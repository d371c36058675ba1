/** What a chip shows: the slot's crop, its number, and the scenes that it comes from. */
import type { PlacedSlot } from "../../store/state";
import styles from "./ChipFace.module.css";
import { Lineage } from "./Lineage";
import { SlotCrop } from "./SlotCrop";

export function ChipFace({ slot }: { slot: PlacedSlot }) {
  const { blend, index } = slot;
  return (
    <>
      <span className={styles.crops}>
        <SlotCrop slot={slot} />
        {blend && (
          <span className={styles.other} style={{ opacity: blend.t }}>
            <SlotCrop slot={blend.other} />
          </span>
        )}
      </span>
      <span className={styles.badge}>
        {index + 1}
        {blend && `→${blend.other.index + 1}`}
      </span>
      <Lineage slot={slot} />
    </>
  );
}
