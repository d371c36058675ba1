/** The examples say how things stand with the model, and offer it only when it is there. */
import { expect, test } from "vitest";

import type { DeviceInfo } from "../../engine/protocol";
import { modelChoice, modelInfo } from "../../store/fakeAnswers";
import type { DeviceState, ModelState } from "../../store/state";
import { modelNews } from "./exampleNews";

const info: DeviceInfo = {
  backend: "wasm",
  description: "",
  threads: 1,
  isIsolated: false,
  probes: [],
};
const running: DeviceState = { status: "ready", info };
const choices = [modelChoice("small", { title: "Small", bytes: 28_600_000 })];

const cases: [DeviceState, ModelState, string, boolean][] = [
  [{ status: "starting" }, { status: "none" }, "Small (28.6 MB) is on its way", false],
  [running, { status: "loading", title: "Small", progress: null }, "Small (28.6 MB) is on", false],
  [running, { status: "loading", title: "Mine", progress: null }, "Mine is on its way", false],
  [running, { status: "ready", info: modelInfo("x") }, "Model x is ready", true],
  [running, { status: "none" }, "No model is loaded", false],
  [running, { status: "failed", title: "Small", message: "Gone." }, "not be loaded: Gone.", false],
  [{ status: "failed", message: "No backend." }, { status: "none" }, "No backend.", false],
];

test.each(cases)("with %j and %j", (device, model, text, canOpen) => {
  const news = modelNews({ device, model, choices });
  expect(news.text).toContain(text);
  expect(news.canOpen).toBe(canOpen);
});
