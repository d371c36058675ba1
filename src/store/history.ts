/** Undo and redo: an edit of the scenes as a value, and two stacks of the edits that lead back and forth. */
import { fitList, type SlotList } from "./placement";
import { freeLetter } from "./sceneNames";
import type { GenerateSettings, Scene, SceneId } from "./state";

export type Edit = {
  /** One sentence that says what was done. */
  label: string;
  lists: (SlotList & { sceneId: SceneId })[];
  remove: SceneId[];
  /** In order of position. */
  add: { scene: Scene; position: number }[];
  /** Settings that belong to it, chosen for the picture of one scene. */
  settings?: { value: GenerateSettings; of: SceneId };
  /** Edits of one group that follow each other, such as the moves of a slider, are undone as one. */
  group?: string;
};

export type History = { past: Edit[]; future: Edit[] };

export const emptyHistory: History = { past: [], future: [] };

/** Edits kept; older ones cannot be undone. */
const maxPast = 100;

/** Scenes put back at their positions; one whose letter has been taken gets another. */
function addScenes(scenes: Scene[], add: Edit["add"]): Scene[] {
  return add.reduce((all, { scene, position }) => {
    if (all.some(({ id }) => id === scene.id)) return all;
    const isTaken = all.some(({ letter }) => letter === scene.letter);
    const named = isTaken ? { ...scene, letter: freeLetter(all) } : scene;
    return all.toSpliced(position, 0, named);
  }, scenes);
}

/** The lists that differ between two states of the scenes, as they were before. */
function changedLists(before: Scene[], after: Scene[]): Edit["lists"] {
  return before.flatMap(({ id, placed, isOwnOrder }) => {
    const now = after.find((scene) => scene.id === id);
    return now && now.placed !== placed ? [{ sceneId: id, placed, isOwnOrder }] : [];
  });
}

/**
 * Carries out an edit. Slots of a removed scene leave the lists of the others.
 * @returns the scenes after it and the edit that takes it back
 */
export function applyEdit(scenes: Scene[], edit: Edit): { scenes: Scene[]; inverse: Edit } {
  const removed = scenes.flatMap((scene, position) =>
    edit.remove.includes(scene.id) ? [{ scene, position }] : [],
  );
  const kept = scenes.filter(({ id }) => !edit.remove.includes(id));
  const listed = addScenes(kept, edit.add).map((scene) => {
    const list = edit.lists.find(({ sceneId }) => sceneId === scene.id);
    return list ? { ...scene, placed: list.placed, isOwnOrder: list.isOwnOrder } : scene;
  });
  const after = listed.map((scene) => fitList(scene, listed));
  const inverse = {
    label: edit.label,
    lists: changedLists(scenes, after),
    remove: after.flatMap(({ id }) => (scenes.some((scene) => scene.id === id) ? [] : [id])),
    add: removed,
    ...(edit.group !== undefined && { group: edit.group }),
  };
  return { scenes: after, inverse };
}

/** Remembers how to take an edit back; what had been undone before cannot be redone any more. */
export function recordEdit({ past }: History, inverse: Edit): History {
  const last = past.at(-1);
  const isNext = last?.group !== undefined && last.group === inverse.group;
  const next = isNext ? { ...last, label: inverse.label } : inverse; // back to before the first of its group
  const before = isNext ? past.slice(0, -1) : past;
  return { past: [...before, next].slice(-maxPast), future: [] };
}

/** The scenes that an undo or redo could bring back. */
export const scenesInHistory = ({ past, future }: History): Scene[] =>
  [...past, ...future].flatMap(({ add }) => add.map(({ scene }) => scene));
