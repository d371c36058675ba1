/** What a drag means: which slot moves, where it may land, and what landing there does. */
import type { SceneId, SlotRef } from "../../store/state";

/** A place in a scene's tray. */
export type Place = { sceneId: SceneId; position: number };

/** What is dragged; `from` is null for a slot lifted out of its picture. */
export type DragData = { slot: SlotRef; from: Place | null };

export type DropData =
  ({ kind: "chip" } & Place) | { kind: "add"; sceneId: SceneId } | { kind: "bin" };

/** The bin's name among the places to drop. */
export const binId = "bin";

export type DropOutcome =
  | { kind: "replace"; place: Place; slot: SlotRef }
  | { kind: "add"; sceneId: SceneId; slot: SlotRef }
  | { kind: "remove"; place: Place }
  | { kind: "nothing" };

/** What a drop does: a chip is replaced, "add" takes one more, the bin empties the place it came from. */
export function dropOutcome({ slot, from }: DragData, drop: DropData | null): DropOutcome {
  if (drop === null) return { kind: "nothing" };
  if (drop.kind === "bin")
    return from === null ? { kind: "nothing" } : { kind: "remove", place: from };
  if (drop.kind === "add") return { kind: "add", sceneId: drop.sceneId, slot };
  const isHome = from?.sceneId === drop.sceneId && from.position === drop.position;
  if (isHome) return { kind: "nothing" };
  return { kind: "replace", place: { sceneId: drop.sceneId, position: drop.position }, slot };
}

/** Whether what the drag library hands back is what was handed to it. */
export const isDragData = (data: unknown): data is DragData =>
  typeof data === "object" && data !== null && "slot" in data && "from" in data;

/** Whether what the drag library hands back is a place to drop on. */
export const isDropData = (data: unknown): data is DropData =>
  typeof data === "object" && data !== null && "kind" in data;
