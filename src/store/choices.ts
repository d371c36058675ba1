/** The models that come with the page, and what a model is called by where its weights are. */
import type { ModelRef } from "../engine/protocol/training";
import { recall } from "./remembered";
import type { Services } from "./services";
import type { AppState, ModelChoice } from "./state";

/** The experiment in the page's address; "" for none. */
export function linkHash({ pageUrl }: Services): string {
  const { hash } = new URL(pageUrl());
  return hash.length > 1 ? hash : "";
}

/** The model of the last visit, or the first there is. */
export function firstChoice({ models, storage }: Services): ModelChoice | undefined {
  const id = recall(storage, "model");
  return models.find((model) => model.id === id) ?? models[0];
}

/** Whether two names are of one model. */
export const isSameModel = (a: ModelRef, b: ModelRef): boolean =>
  a.kind === b.kind && a.id === b.id;

/** A model's title; its id where the page knows no more. */
export function titleOf({ choices, runs, model }: AppState, { kind, id }: ModelRef): string {
  const titles: Record<ModelRef["kind"], string | undefined> = {
    bundled: choices.find((choice) => choice.id === id)?.title,
    run: runs.find((run) => run.id === id)?.name,
    opened: model.status === "ready" && model.info.id === id ? model.info.name : undefined,
  };
  return titles[kind] ?? id;
}
