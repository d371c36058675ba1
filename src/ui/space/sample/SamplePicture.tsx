/** The scene drawn last, and the slots that it is made of. */
import type { Pixels } from "../../../engine/protocol";
import type { Space, SpaceSample } from "../../../store/spaceState";
import { PixelsCanvas } from "../../common/Canvas";
import { formatDuration } from "../../common/format";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions } from "../../common/StoreContext";
import { findLibraryScene, slotTitle } from "../selectors";
import { SlotThumb } from "../SlotThumb";
import styles from "./Sample.module.css";

function pixelsOf(render: SpaceSample["render"]): Pixels | null {
  if (render.status === "running") return render.preview;
  return render.status === "done" ? render.image : null;
}

function State({ render }: Pick<SpaceSample, "render">) {
  switch (render.status) {
    case "none":
      return <p className={styles.note}>No scene has been drawn yet.</p>;
    case "running": {
      const { step, totalSteps } = render;
      const isDrawing = step > 0 && step < totalSteps;
      return (
        <ProgressBar
          name={step > 0 && !isDrawing ? "Decoding the picture" : "Denoising"}
          fraction={isDrawing ? step / totalSteps : null}
          {...(isDrawing ? { amount: `${step} of ${totalSteps}` } : {})}
        />
      );
    }
    case "failed":
      return <p role="alert">{render.message}</p>;
    case "done":
      return (
        <p className={styles.note}>
          Seed {render.seed}, drawn in {formatDuration(render.elapsedMs)} with the sampler and steps
          of the Play page. The same library, counts and seed give the same picture.
        </p>
      );
  }
}

export function SamplePicture({ space }: { space: Space }) {
  const actions = useActions();
  const { render, slots } = space.sample;
  const pixels = pixelsOf(render);
  return (
    <div className={styles.result} data-testid="sample" data-status={render.status}>
      <div className={styles.square}>
        {pixels && (
          <PixelsCanvas
            pixels={pixels}
            className={styles.picture}
            data-testid="sample-picture"
            role="img"
            aria-label={`Scene drawn from ${slots.length} slots of the library`}
          />
        )}
      </div>
      <div className={styles.words}>
        <State render={render} />
        <ul className={styles.slots} aria-label="Slots of this scene">
          {slots.map(({ sceneId, index }) => {
            const scene = findLibraryScene(space.scenes, sceneId);
            return scene ? (
              <li key={`${sceneId} ${index}`}>
                <button
                  type="button"
                  className={styles.slot}
                  aria-label={`Pick ${slotTitle(scene, index)}`}
                  title={slotTitle(scene, index)}
                  onClick={() => actions.pickSlot({ sceneId, index })}
                >
                  <SlotThumb scene={scene} index={index} />
                </button>
              </li>
            ) : null;
          })}
        </ul>
      </div>
    </div>
  );
}
