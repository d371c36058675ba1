/** Commands and shortcuts: what is open of them, and running them. */
import type { Command } from "./command";
import { commandOf, commandsOf } from "./commands";
import type { CommandSlice } from "./commandState";
import { report, type StoreContext } from "./context";
import { recall, remember } from "./remembered";

const checkpointEndings = [".safetensors", ".pth", ".pt", ".ckpt"];
const endsWithOneOf = (name: string, endings: readonly string[]): boolean =>
  endings.some((ending) => name.toLowerCase().endsWith(ending));

/** Runs a command, and says so unless the command itself has something to say. */
function run({ store }: StoreContext, command: Command): void {
  const { announcement } = store.getState();
  void command.run(store.getState());
  if (command.said !== undefined && store.getState().announcement === announcement)
    store.setState({ announcement: command.said });
}

async function choosePictures({ services, store }: StoreContext): Promise<void> {
  const files = await services.chooseFiles("image/*");
  if (files.length > 0) await store.getState().addFiles(files);
}

async function chooseCheckpoint({ services, store }: StoreContext): Promise<void> {
  const files = await services.chooseFiles([...checkpointEndings, ".json"].join(","));
  const weights = files.find(({ name }) => endsWithOneOf(name, checkpointEndings));
  const config = files.find(({ name }) => endsWithOneOf(name, [".json"])) ?? null;
  if (weights) await store.getState().loadFiles(weights, config);
  else if (files.length > 0)
    store
      .getState()
      .notify("error", `Choose a weight file: one of ${checkpointEndings.join(", ")}.`);
}

/** The commands' state and actions. */
export function createCommandSlice(context: StoreContext): CommandSlice {
  const { services, store } = context;
  return {
    commandPanel: "none",
    hasSingleKeys: recall(services.storage, "hasSingleKeys") ?? true,
    isCameraShown: false,
    showCommands: (commandPanel) => {
      store.setState({ commandPanel });
      if (commandPanel === "palette" && store.getState().device.status === "ready")
        void store.getState().refreshWeights();
    },
    setSingleKeys: (hasSingleKeys) => {
      store.setState({ hasSingleKeys });
      remember(services.storage, "hasSingleKeys", hasSingleKeys);
    },
    showCamera: (isCameraShown) => store.setState({ isCameraShown }),
    runCommand: (id) => {
      const command = commandsOf(store.getState()).find((one) => one.id === id);
      if (command && command.isAvailable !== false) run(context, command);
    },
    pressKey: (press, place) => {
      const command = commandOf(store.getState(), press, place);
      if (command) run(context, command);
      return command !== undefined;
    },
    choosePictures: () => choosePictures(context).catch((error) => report(context, error)),
    chooseCheckpoint: () => chooseCheckpoint(context).catch((error) => report(context, error)),
  };
}
