/** The table of commands: each once, each key once, and what a press of a key does where. */
import { describe, expect, test } from "vitest";

import { commandsOf, type KeyPlace } from "./commands";
import type { Services } from "./services";
import { ariaKeys, isPressed, keyNames, type KeyPress } from "./shortcuts";
import { createReadyPage, createTestPage, settle } from "./testPage";

const page: KeyPlace = { isTyping: false, isModal: false, isRepeated: false };

/** A press of keys written as "Ctrl+Shift+z". */
function press(keys: string): KeyPress {
  const parts = keys.split("+");
  const has = (name: string): boolean => parts.includes(name);
  return {
    key: parts.at(-1) ?? "",
    ctrlKey: has("Ctrl"),
    metaKey: has("Cmd"),
    altKey: has("Alt"),
    shiftKey: has("Shift"),
  };
}

describe("the table", () => {
  test("has each id, each title and each shortcut once", async () => {
    const { state } = await createReadyPage(3);
    const commands = commandsOf(state());
    for (const of of [
      commands.map(({ id }) => id),
      commands.map(({ title }) => title),
      commands.flatMap(({ shortcuts = [] }) => shortcuts.map((one) => ariaKeys(one, false))),
    ])
      expect(new Set(of).size).toBe(of.length);
  });

  test("names what the page has: samples, models, backends, scenes", async () => {
    const { state } = await createReadyPage(2, {
      services: { samples: createTestPage().state().samples },
    });
    const titles = commandsOf(state()).map(({ title }) => title);
    expect(titles).toEqual(
      expect.arrayContaining(["Add sample 03", "Generate scene A", "Generate scene B"]),
    );
    expect(titles.filter((title) => title.startsWith("Load model"))).toHaveLength(2);
  });
});

describe("shortcuts", () => {
  test("take Cmd for Ctrl, letters of either case, and no key with Alt", () => {
    const undo = { key: "z", hasCtrl: true };
    const redo = { ...undo, isShifted: true };
    expect(["Ctrl+z", "Cmd+z"].map((keys) => isPressed(undo, press(keys)))).toEqual([true, true]);
    expect(["z", "Ctrl+Shift+Z", "Ctrl+Alt+z"].some((keys) => isPressed(undo, press(keys)))).toBe(
      false,
    );
    expect([isPressed(redo, press("Ctrl+Shift+Z")), isPressed(redo, press("Ctrl+z"))]).toEqual([
      true,
      false,
    ]);
    expect(isPressed({ key: "?" }, press("Shift+?"))).toBe(true); // where "?" needs Shift
    expect(isPressed({ key: "g" }, press("G"))).toBe(true); // caps lock
  });

  test("are written as the keyboard has them", () => {
    const redo = { key: "z", hasCtrl: true, isShifted: true };
    expect([keyNames(redo, false), keyNames(redo, true)]).toEqual([
      ["Ctrl", "Shift", "Z"],
      ["⌘", "⇧", "Z"],
    ]);
    expect([ariaKeys(redo, false), ariaKeys({ key: "?" }, true)]).toEqual(["Control+Shift+Z", "?"]);
  });
});

describe("a press of a key", () => {
  test("does nothing in a field or a dialog, but for the palette's", () => {
    const { state } = createTestPage();
    for (const place of [
      { ...page, isTyping: true },
      { ...page, isModal: true },
    ]) {
      expect(state().pressKey(press("f"), place)).toBe(false);
      expect(state().overlay.hasFill).toBe(true);
      state().showCommands("none");
      expect(state().pressKey(press("Ctrl+k"), place)).toBe(true);
      expect(state().commandPanel).toBe("palette");
    }
    expect(state().pressKey(press("Ctrl+k"), page)).toBe(true);
    expect(state().commandPanel).toBe("none");
  });

  test("alone does nothing once that is switched off, and this is remembered", () => {
    const first = createTestPage();
    first.state().setSingleKeys(false);
    const { state } = createTestPage({ kept: Object.fromEntries(first.kept) });
    expect(state().hasSingleKeys).toBe(false);
    expect(state().pressKey(press("2"), page)).toBe(false);
    expect(state().page).toBe("play");
    expect(state().pressKey(press("Ctrl+k"), page)).toBe(true);
  });

  test("held down repeats undo, and nothing else", async () => {
    const { scene, state } = await createReadyPage(1);
    const { id, placed } = scene("A");
    state().removeSlot(id, 0);
    state().removeSlot(id, 0);
    const held = { ...page, isRepeated: true };
    expect([
      state().pressKey(press("Ctrl+z"), page),
      state().pressKey(press("Ctrl+z"), held),
    ]).toEqual([true, true]);
    expect(scene("A").placed).toHaveLength(placed.length);
    expect(state().pressKey(press("Ctrl+z"), page)).toBe(false); // there is no more to undo
    expect(state().pressKey(press("f"), held)).toBe(false);
  });

  test("on another page leaves the composition alone", async () => {
    const { scene, state } = await createReadyPage(1);
    state().removeSlot(scene("A").id, 0);
    state().setPage("train");
    expect(state().pressKey(press("Ctrl+z"), page)).toBe(false);
  });
});

describe("a command", () => {
  test("runs, and says what no view of the page says", () => {
    const { state } = createTestPage();
    state().runCommand("hasOutlines");
    expect([state().overlay.hasOutlines, state().announcement]).toEqual([
      false,
      "Outlines of the masks: off.",
    ]);
    state().runCommand("go-space");
    state().runCommand("theme-dark");
    expect([state().page, state().theme]).toEqual(["space", "dark"]);
    state().runCommand("camera");
    expect([state().page, state().isCameraShown]).toEqual(["play", true]);
    state().runCommand("no such command");
  });

  test("generates the newest scene, or all", async () => {
    const { callsOf, state } = await createReadyPage(2);
    state().runCommand("generate");
    await settle();
    expect(callsOf("generate")).toHaveLength(1);
    expect(state().scenes.map(({ render }) => render.status)).toEqual(["none", "done"]);
    state().runCommand("generate-all");
    await settle();
    expect(callsOf("generate")).toHaveLength(3);
  });

  test("that cannot be run now is not", async () => {
    const { callsOf, state } = createTestPage();
    state().runCommand("generate-all");
    state().runCommand("undo");
    await settle();
    expect(callsOf("generate")).toEqual([]);
  });
});

describe("files", () => {
  const choosing = (...names: string[]): { services: Partial<Services> } => ({
    services: {
      samples: [],
      chooseFiles: () => Promise.resolve(names.map((name) => new File(["7"], name))),
    },
  });

  test("that are pictures become scenes", async () => {
    const { state } = await createReadyPage(0, choosing("a.png", "b.png"));
    const { length } = state().scenes;
    state().runCommand("pictures");
    await settle();
    expect(state().scenes).toHaveLength(length + 2);
  });

  test("that are no weights are refused in words; none chosen is no error", async () => {
    const refused = createTestPage(choosing("notes.txt"));
    await refused.state().chooseCheckpoint();
    expect(
      refused
        .state()
        .notices.map(({ text }) => text)
        .join(),
    ).toContain(".safetensors");
    const none = createTestPage(choosing());
    await none.state().chooseCheckpoint();
    expect(none.state().notices).toEqual([]);
  });
});
