import type { SlotRef } from "../../store/state";

/** Whether two references mean the same slot; none is the same as none. */
export const isSameSlot = (a: SlotRef | null, b: SlotRef | null): boolean =>
  a !== null && b !== null && a.sceneId === b.sceneId && a.index === b.index;
