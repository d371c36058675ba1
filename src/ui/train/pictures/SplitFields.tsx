/** Which pictures are held out: a share of them, drawn by a seed. */
import type { PictureSet } from "../../../engine/protocol/sets";
import { plural } from "../../common/count";
import { FieldGroup } from "../../common/Field";
import { NumberField } from "../../common/NumberField";
import { SeedField } from "../../common/SeedField";
import { useActions } from "../../common/StoreContext";
import styles from "./Pictures.module.css";
import { countPictures } from "./setTexts";

export function SplitFields({ set }: { set: PictureSet }) {
  const actions = useActions();
  const { split } = set;
  const { heldOut, withMask } = countPictures(set);
  return (
    <div className={styles.row}>
      <FieldGroup name="Held out, percent (0 to 50)">
        <NumberField
          label="Percent held out"
          value={Math.round(split.heldOut * 100)}
          min={0}
          max={50}
          onChange={(percent) => void actions.splitSet({ ...split, heldOut: percent / 100 })}
        />
      </FieldGroup>
      <FieldGroup name="Seed of the draw">
        <SeedField
          label="Seed of the held-out draw"
          value={split.seed}
          onChange={(seed) => void actions.splitSet({ ...split, seed })}
        />
      </FieldGroup>
      <p className={styles.note}>
        {plural(heldOut, "picture")} held out: never trained on, only looked at.{" "}
        {withMask > 0
          ? `${plural(withMask, "picture")} with true masks, to score with.`
          : "Without true masks there is no FG-ARI; losses and PSNR are measured."}
      </p>
    </div>
  );
}
