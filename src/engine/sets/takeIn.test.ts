/** Pictures on their way into a set that do not all arrive: what was read stays, and the report says the rest. */
import { describe, expect, it } from "vitest";

import { nodeDecoders } from "../../../scripts/dataFiles";
import type { Decoders } from "../../data/datasets/dataset";
import { openSet } from "../../data/pictureSets/openSet";
import { addAll } from "../../data/pictureSets/testSets";
import { OutOfMemoryError } from "../../errors";
import { createMemoryStore } from "../../storage/fileStore";
import { openFiles } from "../../storage/openFiles";
import { createTestOrigin } from "../../storage/testOrigin";
import { setLimits } from "../protocol/sets";
import { createSceneStudio } from "../sceneStudio";
import { filesOf, job, manyFiles, newSet, scenes, session, side } from "./testSession";

const isAbortError: unknown = expect.objectContaining({ name: "AbortError" });

describe("an end before all is read", () => {
  /** Decoders that count: something happens before the n-th picture is decoded. */
  const atPicture = (n: number, act: () => void): Decoders => {
    let count = 0;
    return {
      image: async (file) => {
        if (++count === n) act();
        return await nodeDecoders.image(file);
      },
    };
  };

  it("by a stop keeps what was read, and a list asked for at once has it", async () => {
    const { signal, report, stop } = job();
    const { handlers } = session(
      createMemoryStore(),
      atPicture(70, () => stop.abort()),
    );
    const setId = await newSet(handlers);
    const adding = handlers.addFiles(
      { setId, files: filesOf(manyFiles(90)), fit: "crop" },
      { signal, report },
    );
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    const [listed] = await handlers.listSets({}, job());
    const result = await adding;
    expect(result.added).toBe(70);
    expect(result.skipped).toBe("The rest: stopped before it was read");
    expect(listed).toEqual(result.set);
  });

  it("by a stop before the first picture is a stop", async () => {
    const { signal, report, stop } = job();
    const { handlers } = session();
    const setId = await newSet(handlers);
    stop.abort();
    const adding = handlers.addFiles(
      { setId, files: filesOf(manyFiles(3)), fit: "crop" },
      { signal, report },
    );
    await expect(adding).rejects.toThrow(isAbortError);
  });

  it("by a full disk keeps what fitted and says what to do", async () => {
    const origin = createTestOrigin();
    const files = await openFiles(origin);
    const { handlers } = session(
      files,
      atPicture(100, () => (origin.quota = 90_000)),
    );
    const setId = await newSet(handlers);
    const adding = { setId, files: filesOf(manyFiles(140)), fit: "crop" as const };
    const result = await handlers.addFiles(adding, job());
    expect(result.added).toBe(64);
    expect(result.skipped).toMatch(/expected room for .* Delete a picture set/);
    expect((await openSet(files, setId)).info).toEqual(result.set);
    const more = { setId, files: filesOf(manyFiles(140, 140)), fit: "crop" as const };
    await expect(handlers.addFiles(more, job())).rejects.toThrow(OutOfMemoryError); // nothing fits any more
    origin.quota = Infinity;
    expect((await handlers.addFiles(adding, job())).set.pictures).toHaveLength(140);
  });

  it("by a fault of the program keeps what was read, and is thrown", async () => {
    const { handlers, files, studio } = session();
    const setId = await newSet(handlers);
    const sound = createSceneStudio();
    studio.render = (ref, resolution) =>
      ref.index === 3 ? Promise.reject(new TypeError("a fault")) : sound.render(ref, resolution);
    const adding = handlers.addScenes({ setId, first: scenes(0), count: 9 }, job());
    await expect(adding).rejects.toThrow("a fault");
    expect((await openSet(files, setId)).info.pictures).toHaveLength(3);
  });
});

describe("a full set", () => {
  it("leaves out the 5,001st picture and says so", async () => {
    const { handlers, files } = session();
    const setId = await newSet(handlers);
    const many = Array.from({ length: setLimits.most - 2 }, (_, i) => dots(i));
    await addAll(files, setId, many);
    const { set, added, skipped } = await handlers.addFiles(
      { setId, files: filesOf(manyFiles(5)), fit: "crop" },
      job(),
    );
    expect([added, set.pictures.length]).toEqual([2, setLimits.most]);
    expect(skipped).toMatch(/^3 pictures: beyond the 5000 that a set holds/);
    const later = await handlers.addScenes({ setId, first: scenes(0), count: 4 }, job());
    expect(later).toMatchObject({ added: 0, set });
    expect(later.skipped).toMatch(/^4 pictures: beyond the 5000/);
  });

  /** A black picture with the number's bits as dots. */
  const dots = (number: number) => {
    const pixels = { width: side, height: side, data: new Uint8ClampedArray(side * side * 4) };
    for (let i = 0; i < side * side; i++) {
      const isOn = (number >> Math.floor(i / 16)) & 1;
      pixels.data.set([isOn * 255, isOn * 255, isOn * 255, 255], 4 * i);
    }
    return { name: `${number}`, pixels, ids: null };
  };
});
