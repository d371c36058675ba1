/** What can be done with a scene's drawn picture: compare it, vary it, save it; and a saved composition put in its place. */
import { Braces, Download, Film, Image, Images, SquareSplitHorizontal, Upload } from "lucide-react";

import type { Scene } from "../../store/state";
import { whyNotDraw } from "../../store/whyNotDraw";
import { Button } from "../common/Button";
import { FileButton } from "../common/FileButton";
import { Popover } from "../common/Popover";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./SceneTools.module.css";

function SaveMenu({ scene }: { scene: Scene }) {
  const actions = useActions();
  const canDraw = useApp((state) => whyNotDraw(state, scene.id) === null);
  const { id, letter, render } = scene;
  const isDrawn = render.status === "done";
  return (
    <Popover
      label={`Save or open: scene ${letter}`}
      face={
        <>
          <Download size={15} aria-hidden="true" /> Save
        </>
      }
      className={styles.save}
    >
      <Button
        icon={<Image size={15} aria-hidden="true" />}
        disabled={!isDrawn}
        data-closes
        onClick={() => void actions.savePicture(id)}
      >
        Picture, PNG
      </Button>
      <Button
        icon={<Film size={15} aria-hidden="true" />}
        disabled={!isDrawn}
        data-closes
        onClick={() => void actions.saveDenoising(id)}
      >
        Denoising, GIF
      </Button>
      <Button
        icon={<Braces size={15} aria-hidden="true" />}
        disabled={!canDraw}
        data-closes
        onClick={() => void actions.saveComposition(id)}
      >
        Composition, JSON
      </Button>
      <FileButton
        label={`Composition file for scene ${letter}`}
        accept=".json,application/json"
        icon={<Upload size={15} aria-hidden="true" />}
        onFiles={([file]) => file && void actions.openComposition(file, id)}
      >
        Open a composition…
      </FileButton>
    </Popover>
  );
}

type SceneToolsProps = {
  scene: Scene;
  isCompared: boolean;
  hasVariants: boolean;
  onCompare: (isCompared: boolean) => void;
  onVariants: (hasVariants: boolean) => void;
};

export function SceneTools(props: SceneToolsProps) {
  const { scene, isCompared, hasVariants, onCompare, onVariants } = props;
  const { letter } = scene;
  return (
    <div role="group" aria-label={`Picture of scene ${letter}`} className={styles.tools}>
      <Button
        tone="quiet"
        icon={<SquareSplitHorizontal size={15} aria-hidden="true" />}
        aria-pressed={isCompared}
        aria-label={`Compare the pictures of scene ${letter}`}
        disabled={!isCompared && scene.render.status !== "done"}
        onClick={() => onCompare(!isCompared)}
      >
        Compare
      </Button>
      <Button
        tone="quiet"
        icon={<Images size={15} aria-hidden="true" />}
        aria-expanded={hasVariants}
        aria-label={`Variants of scene ${letter}`}
        onClick={() => onVariants(!hasVariants)}
      >
        Variants
      </Button>
      <SaveMenu scene={scene} />
    </div>
  );
}
