/** Questions of the Train page to the state. */
import type { Run } from "../../engine/protocol/training";
import type { PictureSet } from "../../engine/protocol/sets";
import type { AppState } from "../../store/state";

/** The set that is shown and trained on. */
export const selectSet = ({ sets, chosenSet }: AppState): PictureSet | null =>
  sets.find(({ id }) => id === chosenSet) ?? null;

/** The run that is shown. */
export const selectRun = ({ runs, chosenRun }: AppState): Run | null =>
  runs.find(({ id }) => id === chosenRun) ?? null;

/** The model in use. */
export const selectModel = ({ model }: AppState) => (model.status === "ready" ? model.info : null);

/** Whether a run is training now. */
export const selectIsTraining = ({ training }: AppState): boolean => training !== null;
