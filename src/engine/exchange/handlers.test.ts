/** Requests of the page: which handler does what, and projects of models that are no run's. */
import { describe, expect, it } from "vitest";

import { fixtureBytes } from "../../../tests/fixture";
import { InputError } from "../../errors";
import { createMemoryStore } from "../../storage/fileStore";
import type { LoadedModel } from "../modelLoading";
import type { SessionContext } from "../sessionContext";
import { createExchangeHandlers } from "./handlers";

const files = createMemoryStore();
const unused = (): never => {
  throw new Error("not asked for in these tests");
};
const context: SessionContext = {
  assertRunning: () => undefined,
  loaded: () => null,
  model: () => ({ info: { id: "clevr64" } }) as LoadedModel, // its id is all that is asked for
  files: () => Promise.resolve(files),
  studio: { render: unused },
  turn: (job) => job(),
  now: () => Date.UTC(2026, 10, 22),
};
const job = { signal: new AbortController().signal, report: unused };
const handlers = createExchangeHandlers(context);

describe("createExchangeHandlers", () => {
  it("describes a checkpoint", async () => {
    const weights = new File([await fixtureBytes("sa_ldm_tiny.pth")], "tiny.pth");
    const { title, memory } = await handlers.inspectCheckpoint({ weights }, job);
    expect(title).toContain("ResNet-18 encoder");
    expect(memory.peakBytes).toBeGreaterThan(memory.weightBytes);
  });

  it.each([{ kind: "loaded" }, { kind: "bundled", id: "clevr64" }] as const)(
    "makes no project of a model that was not trained here (%o)",
    async (source) => {
      const made = handlers.exportModel({ source, format: "project" }, job);
      await expect(made).rejects.toThrow(InputError);
      await expect(made).rejects.toThrow(/expected a model trained here, got clevr64/);
    },
  );

  it("says that a run is not there", async () => {
    const source = { kind: "run", id: "abc" } as const;
    await expect(handlers.exportModel({ source, format: "project" }, job)).rejects.toThrow(
      /run: expected one that is kept in this browser, got abc/,
    );
  });

  it("refuses a file that is no project", async () => {
    await expect(handlers.importProject({ file: new Blob(["text"]) }, job)).rejects.toThrow(
      /expected a whole zip/,
    );
  });
});
