/** One held-out picture as a model sees it: the picture, its masks, and what is drawn from its slots. */
import type { LookPicture } from "../../engine/protocol/training";
import { PixelsCanvas } from "./Canvas";
import { LabelsCanvas } from "./LabelsCanvas";
import styles from "./LookTile.module.css";

type LookTileProps = {
  picture: LookPicture;
  /** Left out where the picture itself stands elsewhere. */
  hasInput?: boolean;
};

export function LookTile({ picture, hasInput = true }: LookTileProps) {
  const { name, input, segmentation, drawn } = picture;
  return (
    <figure className={styles.tile}>
      {hasInput && <PixelsCanvas pixels={input} role="img" aria-label={name} />}
      {segmentation && (
        <div className={styles.masks}>
          <PixelsCanvas pixels={input} aria-hidden="true" />
          <LabelsCanvas
            labels={segmentation}
            size={[input.height, input.width]}
            label={`Masks of ${name}`}
          />
        </div>
      )}
      {drawn && (
        <PixelsCanvas pixels={drawn} role="img" aria-label={`${name}, drawn by the model`} />
      )}
    </figure>
  );
}
