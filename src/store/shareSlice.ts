/** Links that replay an experiment: written from the page, opened onto it. */
import { InputError } from "../errors";
import { type LoadRequest, renew, report, type StoreContext } from "./context";
import { doEdit, setHistory } from "./edits";
import { admitScene } from "./encodeJobs";
import { experimentOf, type OpenedScene, openScenes } from "./experiment";
import { emptyHistory } from "./history";
import { workMark } from "./keepMarks";
import { loadModel } from "./modelJobs";
import { whyNotGenerate } from "./selectors";
import { decodeLink, encodeLink, type Experiment, longLinkLength } from "./share";
import { isStartScene } from "./startScenes";
import type { AppState, Scene, SceneId, ShareSlice } from "./state";

async function copyLink(context: StoreContext): Promise<void> {
  const { services, store } = context;
  const state = store.getState();
  try {
    if (state.model.status !== "ready") {
      throw new InputError("link: no model is ready. Copy the link when one is.");
    }
    const experiment = await experimentOf(state, state.model.info, services.encodePng);
    const url = new URL(services.pageUrl());
    url.hash = await encodeLink(experiment);
    const status = await services.writeClipboard(url.href).then(
      () => "copied" as const,
      () => "shown" as const,
    );
    store.setState({ link: { status, url: url.href } });
    if (status === "copied") store.setState({ announcement: "Link copied." });
    if (url.hash.length > longLinkLength) {
      const size = Math.ceil(url.hash.length / 1024);
      state.notify("info", `This link is ${size} KiB long; some apps cut links of that length.`);
    }
    services.replaceUrl(url.href);
  } catch (error) {
    report(context, error);
  }
}

/** Whether there is anything on the page that a press or two would not bring back. */
function isTouched(context: StoreContext): boolean {
  const { canUndo, scenes } = context.store.getState();
  const isPlain = (scene: Scene): boolean =>
    scene.render.status !== "done" &&
    ((scene.source.kind === "sample" && scene.isOwnOrder) || isStartScene(context, scene));
  return canUndo || !scenes.every(isPlain);
}

/** Puts an experiment on the page; scenes that were edited can be had back by undo. */
function placeExperiment(
  context: StoreContext,
  { settings }: Experiment,
  opened: OpenedScene[],
): void {
  const before = context.store.getState();
  const wasTouched = isTouched(context);
  for (const { scene, prepare } of opened) admitScene(context, scene.id, prepare);
  context.store.setState({ settings });
  doEdit(context, {
    label: "Link opened.",
    lists: [],
    remove: before.scenes.map(({ id }) => id),
    add: opened.map(({ scene }, position) => ({ scene, position })),
  });
  if (!wasTouched) {
    context.linked = workMark(context.store.getState());
    return setHistory(context, emptyHistory);
  }
  if (before.scenes.length === 0) return;
  before.notify("info", "The link took the place of your scenes. Undo brings them back.");
}

/** The model a link names, or null where it is in use. Throws an InputError where the page has none such. */
function linkModel(
  { services, store }: StoreContext,
  link: Experiment["model"],
): LoadRequest | null {
  const { model } = store.getState();
  const isLoaded =
    model.status === "ready" && (model.info.hash === link.hash || model.info.id === link.id);
  if (isLoaded) return null;
  const choice = services.models.find(({ id }) => id === link.id);
  if (!choice) {
    throw new InputError(
      `link: it was made with the model “${link.id}”, which this page does not have. ` +
        "Load that model's files, then open the link again.",
    );
  }
  return { source: { kind: "bundled", id: choice.id }, title: choice.title };
}

function warnOfOtherWeights({ store }: StoreContext, { hash }: Experiment["model"]): void {
  const { model, notify } = store.getState();
  if (model.status !== "ready" || model.info.hash === hash) return;
  notify("info", "The link was made with other weights of this model: pictures may differ.");
}

/** Resolves when none of the scenes is on its way to slots any more, or when aborted. */
export function encoded(
  { store }: StoreContext,
  ids: SceneId[],
  signal: AbortSignal,
): Promise<void> {
  const isSettled = ({ scenes }: AppState): boolean =>
    scenes.every(
      ({ id, encoding }) => !ids.includes(id) || ["ready", "failed"].includes(encoding.status),
    );
  return new Promise((resolve) => {
    const check = (state: AppState): void => {
      if (!isSettled(state) && !signal.aborted) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = store.subscribe(check);
    signal.addEventListener("abort", () => check(store.getState()), { once: true });
    check(store.getState());
  });
}

async function replay(context: StoreContext, hash: string, signal: AbortSignal): Promise<void> {
  const { store } = context;
  const experiment = await decodeLink(hash);
  if (signal.aborted) return;
  store.setState({ page: "play" });
  const opened = openScenes(context, experiment);
  const request = linkModel(context, experiment.model);
  const loading = request ? loadModel(context, request, { bringsScenes: true }) : true;
  const isPageEmpty = store.getState().scenes.length === 0;
  if (isPageEmpty) placeExperiment(context, experiment, opened); // shown while the model loads
  if (!(await loading) || signal.aborted) return;
  if (!isPageEmpty) placeExperiment(context, experiment, opened);
  warnOfOtherWeights(context, experiment.model);
  const ids = opened.map(({ scene }) => scene.id);
  await encoded(context, ids, signal);
  if (signal.aborted) return;
  const generated = opened.filter(({ isGenerated }) => isGenerated).map(({ scene }) => scene.id);
  const possible = generated.filter((id) => whyNotGenerate(store.getState(), id) === null);
  await Promise.all(possible.map((id) => store.getState().generate(id)));
}

/** The links' state and actions. */
export const createShareSlice = (context: StoreContext): ShareSlice => ({
  link: { status: "none" },
  copyLink: () => copyLink(context),
  openLink: async (hash) => {
    const signal = renew(context, "link");
    try {
      await replay(context, hash, signal);
    } catch (error) {
      if (!signal.aborted) report(context, error);
    }
  },
  dismissLink: () => context.store.setState({ link: { status: "none" } }),
});
