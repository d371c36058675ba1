/** Chooses the model: one that comes with the page, or a checkpoint of the visitor's own. */
import { FolderOpen } from "lucide-react";
import { useRef } from "react";

import type { AppState } from "../../store/state";
import { Button } from "../common/Button";
import { formatBytes } from "../common/format";
import { checkpointAccept, sortFiles } from "../common/sortFiles";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./ModelPicker.module.css";

/** The id of the chosen model, "" for none; `title` names one that is not among the choices. */
function chosenModel({ model, choices }: AppState): string {
  if (model.status === "ready") return model.info.id;
  if (model.status === "none") return "";
  return choices.find(({ title }) => title === model.title)?.id ?? model.title;
}

function chosenTitle({ model }: AppState): string {
  if (model.status === "ready") return model.info.name;
  return model.status === "none" ? "No model" : model.title;
}

function CheckpointButton() {
  const actions = useActions();
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null) => {
    const { weights, config } = sortFiles(files ?? []);
    if (weights) void actions.loadFiles(weights, config);
    else actions.notify("error", "Choose a weight file: .safetensors, .pth, .pt or .ckpt.");
  };
  return (
    <>
      <Button
        icon={<FolderOpen size={15} aria-hidden="true" />}
        title="Load your own checkpoint: .safetensors, .pth, .pt or .ckpt, with its config.json if it has another shape"
        aria-label="Load your own checkpoint"
        onClick={() => input.current?.click()}
      >
        Load…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        multiple
        accept={checkpointAccept}
        aria-label="Checkpoint files"
        onChange={({ target }) => {
          take(target.files);
          target.value = ""; // the same file can be chosen again
        }}
      />
    </>
  );
}

export function ModelPicker() {
  const choices = useApp((state) => state.choices);
  const chosen = useApp(chosenModel);
  const title = useApp(chosenTitle);
  const actions = useActions();
  return (
    <div className={styles.picker}>
      <select
        className={styles.select}
        aria-label="Model"
        value={chosen}
        onChange={({ target }) => void actions.loadBundled(target.value)}
      >
        {!choices.some(({ id }) => id === chosen) && <option value={chosen}>{title}</option>}
        {choices.map((choice) => (
          <option key={choice.id} value={choice.id}>
            {choice.title} ({formatBytes(choice.bytes)})
          </option>
        ))}
      </select>
      <CheckpointButton />
    </div>
  );
}
