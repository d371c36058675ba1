/** The endless source of scenes: each press draws the next one, with its truth; kind and seed lie beside it. */
import { Shapes, SlidersHorizontal } from "lucide-react";

import { sceneKindNames, type SceneKind } from "../../engine/protocol";
import { sceneKindTitles, sourceTitle } from "../../store/sceneNames";
import { Button } from "../common/Button";
import { FieldGroup } from "../common/Field";
import { Popover } from "../common/Popover";
import { SeedField } from "../common/SeedField";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./NewScene.module.css";

const kinds = sceneKindNames.map((value) => ({ value, label: sceneKindTitles[value] }));

const descriptions: Record<SceneKind, string> = {
  clevr: "3 to 6 cubes, spheres and cylinders on a grey floor, in the manner of CLEVR.",
  textured: "3 to 6 solids, each with a texture, in a textured room, in the manner of CLEVRTex.",
  sprites: "2 to 5 flat shapes that cover each other.",
};

/** Which scenes come. */
function SeriesSettings() {
  const { kind, seed } = useApp((state) => state.series);
  const actions = useActions();
  return (
    <>
      <FieldGroup name="Kind of scenes">
        <Segmented
          name="Kind of scenes"
          value={kind}
          options={kinds}
          onChange={(value) => actions.setSeries({ kind: value })}
        />
      </FieldGroup>
      <p className={styles.note}>{descriptions[kind]}</p>
      <FieldGroup name="Seed of the scenes">
        <SeedField
          label="Seed of scenes"
          value={seed}
          onChange={(value) => actions.setSeries({ seed: value })}
        />
      </FieldGroup>
      <p className={styles.note}>
        Rendered here, and the same scene for the same kind, seed and number everywhere. A link
        carries these three, not the pixels.
      </p>
    </>
  );
}

export function NewScene() {
  const next = useApp((state) => state.series);
  const actions = useActions();
  return (
    <div className={styles.source}>
      <div className={styles.split}>
        <Button
          className={styles.draw}
          icon={<Shapes size={17} aria-hidden="true" />}
          onClick={() => void actions.drawScene()}
        >
          New scene
        </Button>
        <Popover
          label="Kind and seed of new scenes"
          className={styles.options}
          face={<SlidersHorizontal size={16} aria-hidden="true" />}
        >
          <SeriesSettings />
        </Popover>
      </div>
      <p className={styles.next}>Next: {sourceTitle({ kind: "generated", scene: next })}</p>
    </div>
  );
}
