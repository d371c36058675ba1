/** The same held-out pictures, look after look: what the model in training makes of them. */
import type { Look, Run } from "../../../engine/protocol/training";
import { useApp } from "../../common/StoreContext";
import { stageTitles } from "../learn/plan";
import { Part } from "../Step";
import { liveOf } from "./curve";
import { LookTile } from "../../common/LookTile";
import styles from "./Run.module.css";

/** What stands beside a picture in each stage. */
const contents = {
  vqvae: "the picture, and what the VQ-VAE makes of it",
  binding: "the picture, and its masks",
  slots: "the picture, its masks, and what is drawn from its slots",
};

export function LookGrid({ run }: { run: Run }) {
  const look = useApp((state): Look | null => liveOf(run, state.training)?.look ?? run.lastLook);
  if (look === null || look.pictures.length === 0) return null;
  const { stage, step } = look.scores;
  return (
    <Part title={`Held-out pictures at step ${step.toLocaleString("en")}, ${stageTitles[stage]}`}>
      <p className={styles.note}>Always the same pictures: {contents[stage]}.</p>
      <div className={styles.pictures} data-testid="look">
        {look.pictures.map((picture, at) => (
          <LookTile key={at} picture={picture} />
        ))}
      </div>
    </Part>
  );
}
