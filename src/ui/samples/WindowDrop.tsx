/** The whole window takes files: pictures become scenes, weights become the model. Dropped or pasted. */
import { Download } from "lucide-react";
import { useEffect, useState } from "react";

import { sortFiles } from "../common/sortFiles";
import { useActions, type Actions } from "../common/StoreContext";
import styles from "./WindowDrop.module.css";

function takeFiles(actions: Actions, files: FileList | undefined): void {
  const { weights, config, pictures } = sortFiles(files ?? []);
  if (weights) void actions.loadFiles(weights, config);
  else if (config) actions.notify("error", "A config needs its weights: drop both files together.");
  if (pictures.length > 0) void actions.addFiles(pictures);
}

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes("Files") === true;

/** The window's listeners; the veil shows while `setOver(true)`. */
function listen(actions: Actions, setOver: (isOver: boolean) => void): () => void {
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
    takeFiles(actions, drag.dataTransfer?.files);
  };
  const paste = ({ clipboardData }: ClipboardEvent) => takeFiles(actions, clipboardData?.files);
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

export function WindowDrop() {
  const actions = useActions();
  const [isOver, setOver] = useState(false);
  useEffect(() => listen(actions, setOver), [actions]);
  if (!isOver) return null;
  return (
    <div className={styles.veil} data-testid="drop-veil">
      <div className={styles.words}>
        <Download size={28} aria-hidden="true" />
        <strong>Drop to add</strong>
        <p>Pictures become scenes; a checkpoint becomes the model.</p>
      </div>
    </div>
  );
}
