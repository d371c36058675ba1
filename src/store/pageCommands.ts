/** Commands on the page as a whole: its pages, model and device, its looks, and its help. */
import type { Command } from "./command";
import type { AppState, Theme } from "./state";
import { backendTitles, pageTitles } from "./titles";
import { pageNames } from "./trainingState";
import { ownChoices } from "./trainSelectors";

/** Pages, by number. */
export const goCommands = ({ page }: AppState): Command[] =>
  pageNames.map((name, at) => ({
    id: `go-${name}`,
    group: "Go to",
    title: `Go to ${pageTitles[name]}`,
    keywords: "page open",
    shortcuts: [{ key: String(at + 1) }],
    isAvailable: page !== name,
    said: `Page ${pageTitles[name]}.`,
    run: ({ setPage }) => setPage(name),
  }));

const isLoaded = ({ inUse, model }: AppState, kind: "bundled" | "run", id: string): boolean =>
  model.status === "ready" && inUse?.kind === kind && inUse.id === id;

function loadCommands(state: AppState): Command[] {
  const group = "Model and device";
  const bundled = state.choices.map(({ id, title }): Command => ({
    id: `load-${id}`,
    group,
    title: `Load model ${title}`,
    keywords: "weights bundled",
    isOn: isLoaded(state, "bundled", id),
    run: ({ loadBundled }) => loadBundled(id),
  }));
  const own = ownChoices(state).map(({ id, title }): Command => ({
    id: `use-${id}`,
    group,
    title: `Load model ${title}, trained here`,
    keywords: "weights own run",
    isOn: isLoaded(state, "run", id),
    run: ({ useRun }) => useRun(id),
  }));
  return [...bundled, ...own];
}

function backendCommands({ device }: AppState): Command[] {
  if (device.status !== "ready") return [];
  const { backend, probes } = device.info;
  return probes
    .filter(({ status }) => status !== "missing")
    .map(({ name }) => ({
      id: `backend-${name}`,
      group: "Model and device",
      title: `Run on ${backendTitles[name]}`,
      keywords: "switch backend device gpu cpu",
      isOn: name === backend,
      isAvailable: name !== backend,
      said: `Switching to ${backendTitles[name]}.`,
      run: ({ switchBackend }) => switchBackend(name),
    }));
}

/** Models, what runs them, and what is kept of them. */
export const modelCommands = (state: AppState): Command[] => [
  ...loadCommands(state),
  {
    id: "checkpoint",
    group: "Model and device",
    title: "Load your own checkpoint…",
    keywords: "weights file safetensors pth",
    run: ({ chooseCheckpoint }) => chooseCheckpoint(),
  },
  {
    id: "cancel-loading",
    group: "Model and device",
    title: "Cancel loading the model",
    isAvailable: state.model.status === "loading",
    run: ({ cancelLoading }) => cancelLoading(),
  },
  ...backendCommands(state),
  {
    id: "usage",
    group: "Model and device",
    title: "What is running where",
    keywords: "device memory time backend cache",
    shortcuts: [{ key: "w" }],
    run: ({ showUsage }) => showUsage(),
  },
  {
    id: "delete-weights",
    group: "Model and device",
    title: "Delete all weights kept in this browser",
    keywords: "cached storage clear",
    isAvailable: state.cachedWeights.length > 0,
    said: "Weights deleted.",
    run: ({ deleteWeights }) => deleteWeights(null),
  },
  {
    id: "pause-training",
    group: "Model and device",
    title: "Pause training",
    isAvailable: state.training?.status === "training",
    run: ({ pauseRun }) => pauseRun(),
  },
];

const themeTitles: Record<Theme, string> = {
  system: "Theme: as the system",
  light: "Theme: light",
  dark: "Theme: dark",
};

const themeCommands = ({ theme }: AppState): Command[] =>
  (["system", "light", "dark"] as const).map((name) => ({
    id: `theme-${name}`,
    group: "Page",
    title: themeTitles[name],
    keywords: "colour night day mode",
    isOn: name === theme,
    said: `${themeTitles[name]}.`,
    run: ({ setTheme }) => setTheme(name),
  }));

/** Looks, help and versions of the page. */
export const helpCommands = (state: AppState): Command[] => [
  {
    id: "palette",
    group: "Page",
    title: "Commands",
    shortcuts: [{ key: "k", hasCtrl: true }],
    isAvailable: true,
    isEverywhere: true,
    run: ({ commandPanel, showCommands }) =>
      showCommands(commandPanel === "palette" ? "none" : "palette"),
  },
  {
    id: "shortcuts",
    group: "Page",
    title: "Keyboard shortcuts",
    keywords: "keys help",
    shortcuts: [{ key: "?" }],
    run: ({ showCommands }) => showCommands("shortcuts"),
  },
  {
    id: "single-keys",
    group: "Page",
    title: "Shortcuts of a single key",
    keywords: "keyboard switch off",
    isOn: state.hasSingleKeys,
    said: `Shortcuts of a single key: ${state.hasSingleKeys ? "off" : "on"}.`,
    run: ({ hasSingleKeys, setSingleKeys }) => setSingleKeys(!hasSingleKeys),
  },
  {
    id: "tour",
    group: "Page",
    title: "Tour of the page",
    keywords: "help guide lesson start",
    run: ({ startTour }) => startTour(),
  },
  ...themeCommands(state),
  {
    id: "take-version",
    group: "Page",
    title: "Reload in the new version",
    keywords: "update",
    isAvailable: state.version !== "current",
    run: ({ takeVersion }) => takeVersion(),
  },
];
