/** What composed slots are called: where each comes from, in words. */
import { isMadeOf } from "./placement";
import { slotName } from "./sceneNames";
import type { ComposedSlot, Scene } from "./state";

/** "slot 3 of scene B", "60 % slot 2 of scene B, 40 % slot 4 of scene A", or "slot 2 of Sample 00, from a file". */
export function composedName(scenes: Scene[], slot: ComposedSlot): string {
  const { blend, file, index } = slot;
  if (file) return `slot ${index + 1} of ${file.title}, from a file`;
  if (!blend) return slotName(scenes, slot);
  const percent = Math.round(100 * blend.t);
  return `${100 - percent} % ${slotName(scenes, slot)}, ${percent} % ${slotName(scenes, blend.other)}`;
}

/** As composedName, and where it lies when nothing of that scene went into it. */
export function composedNameIn(scenes: Scene[], scene: Scene, slot: ComposedSlot): string {
  const name = composedName(scenes, slot);
  return isMadeOf(slot, scene.id) ? name : `${name} in scene ${scene.letter}`;
}
