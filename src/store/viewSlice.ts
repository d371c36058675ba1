/** How the page looks and what it says: overlay, theme, notices. Nothing here changes a result. */
import { linkHash } from "./choices";
import { newId, type StoreContext } from "./context";
import { clampUnit } from "./limits";
import { recall, remember } from "./remembered";
import type { AppState, Notice, Scene, SlotRef, ViewSlice } from "./state";

/** How long news stays; errors stay until they are dismissed. */
export const infoMs = 6000;

const isSame = (a: SlotRef | null, b: SlotRef): boolean =>
  a !== null && a.sceneId === b.sceneId && a.index === b.index;

/** After an edit: nothing in hand, and no attention on slots of scenes that are gone. */
export function patchView(
  { hovered, solo }: AppState,
  scenes: Scene[],
): Pick<AppState, "held" | "hovered" | "solo"> {
  const keep = (slot: SlotRef | null): SlotRef | null =>
    scenes.some(({ id }) => id === slot?.sceneId) ? slot : null;
  return { held: null, hovered: keep(hovered), solo: keep(solo) };
}

function setOverlay({ services, store }: StoreContext, change: Partial<AppState["overlay"]>): void {
  const overlay = { ...store.getState().overlay, ...change };
  const opacity = Number.isNaN(overlay.opacity) ? 0 : clampUnit(overlay.opacity);
  store.setState({ overlay: { ...overlay, opacity } });
  remember(services.storage, "overlay", { ...overlay, opacity });
}

/** Shows a notice; one that says the same goes, so that nothing is said twice at once. */
function notify(context: StoreContext, tone: Notice["tone"], text: string): void {
  const { store } = context;
  const id = newId(context);
  store.setState(({ notices }) => ({
    notices: [...notices.filter((notice) => notice.text !== text), { id, tone, text }],
  }));
  if (tone === "info") setTimeout(() => store.getState().dismiss(id), infoMs);
}

/** The view's state and actions, as the last visit left them. */
export function createViewSlice(context: StoreContext): ViewSlice {
  const { services, store } = context;
  const defaultOverlay = { opacity: 0.5, hasFill: true, hasOutlines: true, hasTruth: true };
  return {
    page: linkHash(services) ? "play" : (recall(services.storage, "page") ?? "play"),
    overlay: recall(services.storage, "overlay") ?? defaultOverlay,
    hovered: null,
    solo: null,
    theme: recall(services.storage, "theme") ?? "system",
    notices: [],
    announcement: "",
    setPage: (page) => {
      store.setState({ page });
      remember(services.storage, "page", page);
      const { room, refreshRuns, refreshSets } = store.getState();
      if (page === "train" && room === null) void Promise.all([refreshSets(), refreshRuns()]);
    },
    setOverlay: (change) => setOverlay(context, change),
    setHovered: (hovered) => store.setState({ hovered }),
    toggleSolo: (slot) =>
      store.setState(({ solo }) => ({ solo: isSame(solo, slot) ? null : slot })),
    setTheme: (theme) => {
      store.setState({ theme });
      remember(services.storage, "theme", theme);
    },
    notify: (tone, text) => notify(context, tone, text),
    dismiss: (id) =>
      store.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) })),
  };
}
