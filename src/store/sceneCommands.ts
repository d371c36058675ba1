/** Commands on the Play page: scenes, composing, generating, masks, and what leaves the page. */
import { samplerNames, sceneKindNames } from "../engine/protocol";
import type { Command } from "./command";
import { sceneKindTitles } from "./sceneNames";
import { findScene } from "./selectors";
import type { AppState, Scene } from "./state";
import { samplerTitles } from "./titles";
import { whyNotDraw } from "./whyNotDraw";

/** On the Play page, where the work of a command shows. */
const onPlay =
  (run: (state: AppState) => unknown): Command["run"] =>
  (state) => {
    if (state.page !== "play") state.setPage("play");
    return run(state);
  };

/** Ways to more scenes. */
export const addCommands = ({ samples, series }: AppState): Command[] => [
  {
    id: "new-scene",
    group: "Scenes",
    title: "New scene",
    keywords: "generated render add random",
    shortcuts: [{ key: "n" }],
    run: onPlay((state) => state.drawScene()),
  },
  {
    id: "pictures",
    group: "Scenes",
    title: "Open pictures…",
    keywords: "file image upload own photo",
    shortcuts: [{ key: "o" }],
    run: onPlay((state) => state.choosePictures()),
  },
  {
    id: "camera",
    group: "Scenes",
    title: "Take a picture with the camera…",
    keywords: "webcam photo",
    shortcuts: [{ key: "c" }],
    run: onPlay((state) => state.showCamera(true)),
  },
  ...sceneKindNames.map((kind): Command => ({
    id: `kind-${kind}`,
    group: "Scenes",
    title: `New scenes are of kind: ${sceneKindTitles[kind]}`,
    keywords: kind,
    isOn: series.kind === kind,
    said: `New scenes: ${sceneKindTitles[kind]}.`,
    run: (state) => state.setSeries({ kind }),
  })),
  ...samples.map(({ id }): Command => ({
    id: `sample-${id}`,
    group: "Scenes",
    title: `Add sample ${id}`,
    run: onPlay((state) => state.addSample(id)),
  })),
];

/** The scene that is meant where none is named: of the slot under pointer or focus, else the newest, else the first. */
function currentScene({ hovered, newest, scenes }: AppState): Scene | undefined {
  const named = [hovered?.sceneId, newest].flatMap((id) => (id ? findScene(scenes, id) : []));
  return named.find((scene) => scene !== undefined) ?? scenes[0];
}

const canDraw = (state: AppState, scene: Scene | undefined): boolean =>
  scene !== undefined && whyNotDraw(state, scene.id) === null;

function generateAll(state: AppState): void {
  for (const scene of state.scenes) if (canDraw(state, scene)) void state.generate(scene.id);
}

/** Composing and generating. */
export function generateCommands(state: AppState): Command[] {
  const { canUndo, canRedo, isAutomatic, page, scenes, settings } = state;
  const group = "Compose and generate";
  const current = currentScene(state);
  return [
    {
      id: "undo",
      group,
      title: "Undo",
      shortcuts: [{ key: "z", hasCtrl: true }],
      isAvailable: page === "play" && canUndo,
      canRepeat: true,
      run: ({ undo }) => undo(),
    },
    {
      id: "redo",
      group,
      title: "Redo",
      shortcuts: [
        { key: "z", hasCtrl: true, isShifted: true },
        { key: "y", hasCtrl: true },
      ],
      isAvailable: page === "play" && canRedo,
      canRepeat: true,
      run: ({ redo }) => redo(),
    },
    {
      id: "generate",
      group,
      title: current ? `Generate scene ${current.letter}` : "Generate the current scene",
      keywords: "draw picture decode current",
      shortcuts: [{ key: "g" }],
      isAvailable: canDraw(state, current),
      run: onPlay(({ generate }) => current && generate(current.id)),
    },
    {
      id: "generate-all",
      group,
      title: "Generate all scenes",
      keywords: "draw pictures decode",
      shortcuts: [{ key: "g", isShifted: true }],
      isAvailable: scenes.some((scene) => canDraw(state, scene)),
      run: onPlay(generateAll),
    },
    ...scenes
      .filter((scene) => scene !== current && canDraw(state, scene))
      .map(({ id, letter }): Command => ({
        id: `generate-${letter}`,
        group,
        title: `Generate scene ${letter}`,
        keywords: "draw picture decode",
        run: onPlay(({ generate }) => generate(id)),
      })),
    {
      id: "automatic",
      group,
      title: "Generate after each edit",
      keywords: "draw automatic",
      isOn: isAutomatic,
      said: `Generate after each edit: ${isAutomatic ? "off" : "on"}.`,
      run: ({ setAutomatic }) => setAutomatic(!isAutomatic),
    },
    ...samplerNames.map((sampler): Command => ({
      id: `sampler-${sampler}`,
      group,
      title: `Sampler: ${samplerTitles[sampler]}`,
      isOn: settings.sampler === sampler,
      said: `Sampler: ${samplerTitles[sampler]}.`,
      run: ({ setSettings }) => setSettings({ sampler }),
    })),
  ];
}

const overlays = [
  { name: "hasFill", title: "Fill of the masks", key: "f", keywords: "overlay colour" },
  { name: "hasOutlines", title: "Outlines of the masks", key: "l", keywords: "overlay contour" },
  { name: "hasTruth", title: "True masks", key: "t", keywords: "overlay ground truth" },
] as const;

/** How masks are drawn over pictures. */
export const maskCommands = ({ overlay }: AppState): Command[] =>
  overlays.map(({ name, title, key, keywords }) => ({
    id: name,
    group: "Masks",
    title,
    keywords,
    shortcuts: [{ key }],
    isOn: overlay[name],
    said: `${title}: ${overlay[name] ? "off" : "on"}.`,
    run: (state) => state.setOverlay({ [name]: !overlay[name] }),
  }));

/** What leaves the page. */
export const shareCommands = ({ scenes }: AppState): Command[] => [
  {
    id: "copy-link",
    group: "Share and save",
    title: "Copy a link to this experiment",
    keywords: "share url",
    shortcuts: [{ key: "s" }],
    run: onPlay((state) => state.copyLink()),
  },
  ...scenes
    .filter(({ render }) => render.status === "done")
    .map(({ id, letter }): Command => ({
      id: `save-${letter}`,
      group: "Share and save",
      title: `Save the picture of scene ${letter}, PNG`,
      keywords: "download export",
      run: (state) => state.savePicture(id),
    })),
];
