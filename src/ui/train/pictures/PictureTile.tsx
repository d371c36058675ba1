/** One picture of a set, small, with what is known of it. */
import { Check, Copy, EyeOff } from "lucide-react";
import { memo, type MouseEvent } from "react";

import type { SetPicture } from "../../../engine/protocol/sets";
import { PixelsCanvas } from "../../common/Canvas";
import { classNames } from "../../common/classNames";
import { useApp } from "../../common/StoreContext";
import styles from "./PictureGrid.module.css";

type PictureTileProps = {
  id: string;
  setId: string;
  picture: SetPicture;
  index: number;
  count: number;
  isChosen: boolean;
  isActive: boolean;
  onPress: (index: number, press: MouseEvent) => void;
};

function nameOf({ name, isHeldOut, twinOf, hasMask }: SetPicture): string {
  return [
    name,
    isHeldOut && "held out",
    twinOf !== null && "looks like another",
    hasMask && "with mask",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Drawn again only when it changes: a hundred of them stand side by side. */
export const PictureTile = memo(function PictureTile(props: PictureTileProps) {
  const { id, setId, picture, index, count, isChosen, isActive, onPress } = props;
  const pixels = useApp((state) => state.thumbnails.get(`${setId}/${picture.id}`));
  return (
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      aria-label={nameOf(picture)}
      aria-setsize={count}
      aria-posinset={index + 1}
      title={nameOf(picture)}
      className={classNames(styles.tile, isChosen && styles.chosen, isActive && styles.active)}
      onClick={(press) => onPress(index, press)}
    >
      {pixels ? <PixelsCanvas pixels={pixels} /> : <span className={styles.blank} />}
      <span className={styles.marks} aria-hidden="true">
        {picture.isHeldOut && <EyeOff size={13} />}
        {picture.twinOf !== null && <Copy size={13} />}
      </span>
      {isChosen && <Check size={16} className={styles.tick} aria-hidden="true" />}
    </div>
  );
});
