/** Chooses the model: one that comes with the page, one trained here, or a checkpoint of the visitor's own. */
import { ChevronDown, FolderOpen } from "lucide-react";
import { useRef, type ReactNode } from "react";

import { titleOf } from "../../store/choices";
import { sceneKindTitles } from "../../store/sceneNames";
import type { AppState, ModelChoice, OwnChoice } from "../../store/state";
import { ownChoices } from "../../store/trainSelectors";
import { Button } from "../common/Button";
import { formatBytes } from "../common/format";
import { Popover } from "../common/Popover";
import { checkpointAccept, sortFiles } from "../common/sortFiles";
import { useActions, useApp } from "../common/StoreContext";
import { CardDialog } from "./CardDialog";
import { ModelNumbers } from "./ModelNumbers";
import styles from "./ModelPicker.module.css";

/** The bundled model in use or on its way; null for none, and for a model of the visitor's own. */
function selectChosen({ model, inUse, choices }: AppState): ModelChoice | null {
  if (model.status === "none" || inUse?.kind === "run") return null;
  const isChosen = ({ id, title }: ModelChoice) =>
    model.status === "ready" ? id === model.info.id : title === model.title;
  return choices.find(isChosen) ?? null;
}

function selectTitle(state: AppState): string {
  const { model } = state;
  const choice = selectChosen(state);
  if (choice) return choice.title;
  if (state.inUse?.kind === "run") return titleOf(state, state.inUse);
  if (model.status === "ready") return model.info.name;
  return model.status === "none" ? "No model" : model.title;
}

/** "in use", "loading" or "stored here"; nothing for a model that would have to be fetched. */
const stateOf =
  (choice: ModelChoice) =>
  (state: AppState): string => {
    const isChosen = selectChosen(state)?.id === choice.id;
    if (isChosen && state.model.status === "ready") return "in use";
    if (isChosen && state.model.status === "loading") return "loading";
    return state.cachedWeights.some(({ hash }) => hash === choice.hash) ? "stored here" : "";
  };

/** "in use" or "loading" for a model trained here; nothing for another. */
const stateOfOwn =
  ({ id, title }: OwnChoice) =>
  ({ inUse, model }: AppState): string => {
    if (model.status === "ready") return inUse?.kind === "run" && inUse.id === id ? "in use" : "";
    return model.status === "loading" && model.title === title ? "loading" : "";
  };

type ChoiceProps = {
  /** What stands below the button. */
  about?: ReactNode;
  choice: OwnChoice;
  description: string;
  state: string;
  isChosen: boolean;
  onChoose: () => void;
};

function Choice({ choice, description, state, isChosen, onChoose, about }: ChoiceProps) {
  const { title, bytes } = choice;
  const choose = () => {
    if (state !== "in use" && state !== "loading") onChoose();
  };
  return (
    <li>
      <button
        type="button"
        className={styles.choice}
        data-closes
        aria-current={isChosen}
        onClick={choose}
      >
        <span className={styles.line}>
          <strong>{title}</strong>
          <span>{formatBytes(bytes)}</span>
          {state !== "" && <span className={styles.state}>{state}</span>}
        </span>
        <span className={styles.description}>{description}</span>
      </button>
      {about}
    </li>
  );
}

function BundledChoice({ choice }: { choice: ModelChoice }) {
  const state = useApp(stateOf(choice));
  const isChosen = useApp((now) => selectChosen(now)?.id === choice.id);
  const actions = useActions();
  return (
    <Choice
      choice={choice}
      description={`${choice.description} Scenes: ${sceneKindTitles[choice.scenes].toLowerCase()}.`}
      about={<ModelNumbers choice={choice} />}
      state={state}
      isChosen={isChosen}
      onChoose={() => void actions.loadBundled(choice.id)}
    />
  );
}

function TrainedChoice({ choice }: { choice: OwnChoice }) {
  const state = useApp(stateOfOwn(choice));
  const actions = useActions();
  return (
    <Choice
      choice={choice}
      description={choice.description}
      state={state}
      isChosen={state !== ""}
      onChoose={() => void actions.useRun(choice.id)}
    />
  );
}

/** Models trained in this browser, where there are some. */
function TrainedChoices() {
  const own = useApp(ownChoices);
  if (own.length === 0) return null;
  return (
    <div>
      <h2 id="trained-here" className={styles.group}>
        Trained here
      </h2>
      <ul aria-labelledby="trained-here" className={styles.choices}>
        {own.map((choice) => (
          <TrainedChoice key={choice.id} choice={choice} />
        ))}
      </ul>
    </div>
  );
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
  const title = useApp(selectTitle);
  const bytes = useApp((state) => selectChosen(state)?.bytes);
  const actions = useActions();
  return (
    <div className={styles.picker}>
      <div className={styles.list}>
        <Popover
          label={`Model: ${title}`}
          align="start"
          className={styles.face}
          face={
            <>
              <span className={styles.title}>{title}</span>
              {bytes !== undefined && <span className={styles.bytes}>{formatBytes(bytes)}</span>}
              <ChevronDown size={15} aria-hidden="true" />
            </>
          }
          onOpen={() => void actions.refreshWeights()}
        >
          <ul aria-label="Models" className={styles.choices}>
            {choices.map((choice) => (
              <BundledChoice key={choice.id} choice={choice} />
            ))}
          </ul>
          <TrainedChoices />
          <CardDialog />
        </Popover>
      </div>
      <CheckpointButton />
    </div>
  );
}
