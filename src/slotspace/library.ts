/** The library of slots that slot space is a map of: the slots of many scenes in one array. A library is never changed. */
import { InputError } from "../errors";
import { joinFloats } from "../math/join";
import { numRows, rowOf, type SlotMatrix } from "./slotMatrix";

/** Slots that a library holds: 5,000 of 192 numbers are 3.8 MB, and their map takes seconds. */
export const maxLibrarySlots = 5000;

/** Where a slot comes from and what became of it there. */
export type SlotOrigin = {
  sceneId: string;
  /** Among the scene's slots. */
  index: number;
  /** Of the picture's pixels, those that the slot wins; 0..1. */
  share: number;
  /** Wins too few pixels to stand for anything. */
  isDead: boolean;
};

/** A slot of a scene; `slot` is [D]. */
export type SlotRow = SlotOrigin & { slot: Float32Array };

/** Row i of `slots` comes from `origins[i]`. */
export type SlotLibrary = SlotMatrix & { origins: readonly SlotOrigin[] };

/** A library without slots. @param slotSize - numbers of a slot, D */
export const emptyLibrary = (slotSize: number): SlotLibrary => ({
  slots: new Float32Array(0),
  slotSize,
  origins: [],
});

/** How many more slots fit. */
export const roomIn = ({ origins }: SlotLibrary): number => maxLibrarySlots - origins.length;

/** One slot with its origin. */
export function rowAt(library: SlotLibrary, row: number): SlotRow {
  const origin = library.origins[row];
  if (!origin)
    throw new Error(`slot library: expected a row below ${library.origins.length}, got ${row}.`);
  return { ...origin, slot: rowOf(library, row) };
}

/**
 * A library with more slots at its end. Scenes that come again replace what was there of them.
 * Throws an InputError, and adds none, where they do not fit.
 */
export function addSlots(library: SlotLibrary, rows: readonly SlotRow[]): SlotLibrary {
  checkRows(library, rows);
  const kept = removeScenes(library, new Set(rows.map(({ sceneId }) => sceneId)));
  const count = kept.origins.length + rows.length;
  if (count > maxLibrarySlots)
    throw new InputError(
      `slot library: expected at most ${maxLibrarySlots} slots, got ${count}. Remove scenes from the library first.`,
    );
  return {
    slots: joinFloats([kept.slots, ...rows.map(({ slot }) => slot)]),
    slotSize: library.slotSize,
    origins: [...kept.origins, ...rows.map(originOf)],
  };
}

/** A library without the slots of some scenes; the other rows keep their order. */
export function removeScenes(library: SlotLibrary, sceneIds: ReadonlySet<string>): SlotLibrary {
  const { slotSize, origins } = library;
  const kept = origins.flatMap(({ sceneId }, row) => (sceneIds.has(sceneId) ? [] : [row]));
  if (kept.length === numRows(library)) return library;
  return {
    slots: joinFloats(kept.map((row) => rowOf(library, row))),
    slotSize,
    origins: origins.filter(({ sceneId }) => !sceneIds.has(sceneId)),
  };
}

/** Rows of slots that stand for something. */
export const liveRows = ({ origins }: SlotLibrary): number[] =>
  origins.flatMap(({ isDead }, row) => (isDead ? [] : [row]));

const originOf = ({ sceneId, index, share, isDead }: SlotRow): SlotOrigin => ({
  sceneId,
  index,
  share,
  isDead,
});

function checkRows({ slotSize }: SlotLibrary, rows: readonly SlotRow[]): void {
  const seen = new Set<string>();
  for (const { sceneId, index, slot } of rows) {
    const place = JSON.stringify([sceneId, index]);
    if (seen.has(place))
      throw new Error(`slot library: expected each slot once, got ${place} twice.`);
    seen.add(place);
    if (slot.length !== slotSize)
      throw new InputError(
        `slot library: expected slots of ${slotSize} numbers, got ${slot.length}. Start a new library for another model.`,
      );
    if (!slot.every(Number.isFinite))
      throw new InputError(
        `slot library: expected finite numbers, got NaN or Infinity in slot ${index}. The model is damaged: load another.`,
      );
  }
}
