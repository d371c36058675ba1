/**
 * The whole window takes files, dropped or pasted: weights become the model; pictures become scenes, or go into the set on
 * the Train page.
 */
import { Download } from "lucide-react";
import { useEffect, useState } from "react";

import type { Fit } from "../../engine/protocol";
import type { PageName } from "../../store/trainingState";
import { droppedFiles } from "../common/droppedFiles";
import { sortFiles } from "../common/sortFiles";
import { useActions, useApp, type Actions } from "../common/StoreContext";
import styles from "./WindowDrop.module.css";

/** What becomes of files. */
type Take = (files: Iterable<File>) => void;

function takeForPlay(actions: Actions, files: Iterable<File>): void {
  const { weights, config, pictures } = sortFiles(files);
  if (weights) void actions.loadFiles(weights, config);
  else if (config) void actions.openComposition(config);
  if (pictures.length > 0) void actions.addFiles(pictures);
}

/** A data set may bring JSON of its own: without weights it goes along with the pictures. */
function takeForTraining(actions: Actions, files: Iterable<File>, fit: Fit): void {
  const all = [...files];
  const { weights, config, pictures } = sortFiles(all);
  if (weights) void actions.loadFiles(weights, config);
  const forSet = weights ? pictures : all;
  if (forSet.length > 0) void actions.addToSet(forSet, fit);
}

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") === true;

/** The window's listeners; the veil shows while `setOver(true)`. */
function listen(
  take: Take,
  setOver: (isOver: boolean) => void,
  onFailure: (error: unknown) => void,
): () => void {
  const over = (drag: DragEvent) => {
    if (!hasFiles(drag)) return;
    drag.preventDefault(); // else the browser opens the file in place of the page
    setOver(true);
  };
  const leave = (drag: DragEvent) => {
    if (drag.relatedTarget === null) setOver(false); // left the window, not an element of it
  };
  const drop = (drag: DragEvent) => {
    if (!hasFiles(drag)) return;
    drag.preventDefault();
    setOver(false);
    if (drag.dataTransfer) droppedFiles(drag.dataTransfer).then(take, onFailure);
  };
  const paste = ({ clipboardData }: ClipboardEvent) => take(clipboardData?.files ?? []);
  window.addEventListener("dragover", over);
  window.addEventListener("dragleave", leave);
  window.addEventListener("drop", drop);
  window.addEventListener("paste", paste);
  return () => {
    window.removeEventListener("dragover", over);
    window.removeEventListener("dragleave", leave);
    window.removeEventListener("drop", drop);
    window.removeEventListener("paste", paste);
  };
}

const words: Record<PageName, string> = {
  play: "Pictures become scenes; a checkpoint becomes the model.",
  inside: "Pictures become scenes of the Play page; a checkpoint becomes the model.",
  space: "Pictures become scenes of the Play page; a checkpoint becomes the model.",
  train: "Pictures, folders, zips and videos go into the set; a checkpoint becomes the model.",
  measure: "Pictures become scenes of the Play page; a checkpoint becomes the model.",
  live: "Pictures become scenes of the Play page; a checkpoint becomes the model.",
};

export function WindowDrop({ fit }: { fit: Fit }) {
  const actions = useActions();
  const page = useApp((state) => state.page);
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    const take: Take = (files) =>
      page === "train" ? takeForTraining(actions, files, fit) : takeForPlay(actions, files);
    return listen(take, setOver, (error) =>
      actions.notify(
        "error",
        `What was dropped could not be read: ${String(error)}. Choose it with a button.`,
      ),
    );
  }, [actions, page, fit]);
  if (!isOver) return null;
  return (
    <div className={styles.veil} data-testid="drop-veil">
      <div className={styles.words}>
        <Download size={28} aria-hidden="true" />
        <strong>Drop to add</strong>
        <p>{words[page]}</p>
      </div>
    </div>
  );
}
