/** What the worker does for requests of protocol/exchange.ts. */
import { InputError } from "../../errors";
import type { ExportSource } from "../protocol/exchange";
import type { Handlers, SessionContext } from "../sessionContext";
import { isRunId } from "../training/runFiles";
import { exportModel } from "./exportModel";
import { inspectCheckpoint } from "./inspect";
import { exportProject, importProject } from "./project";

/** Handlers of a session's requests about models in and out. */
export const createExchangeHandlers = (
  context: SessionContext,
): Handlers<"exportModel" | "importProject" | "inspectCheckpoint"> => ({
  exportModel: async ({ source, format }, { signal }) => {
    if (format !== "project") return exportModel(source, format, context, signal);
    return exportProject(await runOf(source, context), await context.files(), context.now());
  },
  importProject: async ({ file }, { signal }) =>
    importProject(file, await context.files(), context.now(), signal),
  inspectCheckpoint: ({ weights }) => inspectCheckpoint(weights, context.loaded()),
});

/** The run that a project is of: the one named, or that of the loaded model. */
async function runOf(source: ExportSource, context: SessionContext): Promise<string> {
  if (source.kind === "run") return source.id;
  const id = source.kind === "loaded" ? context.model().info.id : source.id;
  const runs = await (await context.files()).list("runs");
  if (source.kind === "loaded" && isRunId(id) && runs.includes(id)) return id;
  throw new InputError(
    `project: expected a model trained here, got ${id}. Export it as .safetensors or .pth.`,
  );
}
