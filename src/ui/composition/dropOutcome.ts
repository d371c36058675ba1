/** What a drag means: which slot moves, where it may land, and what landing there does. */
import type { ComposedSlot, SceneId } from "../../store/state";

/** A place in a scene's tray. */
export type Place = { sceneId: SceneId; position: number };

/** What is dragged; `from` is null for a slot lifted out of its picture. */
export type DragData = { slot: ComposedSlot; from: Place | null };

export type DropData =
  ({ kind: "chip" } & Place) | { kind: "add"; sceneId: SceneId } | { kind: "bin" };

/** The bin's name among the places to drop. */
export const binId = "bin";

export type DropOutcome =
  | { kind: "replace"; place: Place; slot: ComposedSlot }
  | { kind: "add"; sceneId: SceneId; slot: ComposedSlot }
  | { kind: "remove"; place: Place }
  | { kind: "move"; place: Place; to: number }
  | { kind: "nothing" };

/**
 * What a drop does: in its own tray a slot moves to the place it is dropped on, in another it replaces the slot there;
 * "add" takes one more, the bin empties the place it came from.
 */
export function dropOutcome({ slot, from }: DragData, drop: DropData | null): DropOutcome {
  if (drop === null) return { kind: "nothing" };
  if (drop.kind === "bin")
    return from === null ? { kind: "nothing" } : { kind: "remove", place: from };
  if (drop.kind === "add") return { kind: "add", sceneId: drop.sceneId, slot };
  const { sceneId, position } = drop;
  if (from?.sceneId !== sceneId) return { kind: "replace", place: { sceneId, position }, slot };
  return from.position === position
    ? { kind: "nothing" }
    : { kind: "move", place: from, to: position };
}

/** Whether what the drag library hands back is what was handed to it. */
export const isDragData = (data: unknown): data is DragData =>
  typeof data === "object" && data !== null && "slot" in data && "from" in data;

/** Whether what the drag library hands back is a place to drop on. */
export const isDropData = (data: unknown): data is DropData =>
  typeof data === "object" && data !== null && "kind" in data;
