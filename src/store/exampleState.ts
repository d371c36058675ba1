/** The examples of the first minute: explorable before any weights arrive. */
import type { Pixels } from "../engine/protocol";
import type { ExampleFacts, Swap } from "./exampleSchema";

/** An example and its pictures. */
export type Example = {
  facts: ExampleFacts;
  /** The sheet of pictures. */
  pictures: ImageBitmap;
  /** [T, K, h, w] */
  attn: Float32Array;
  /** Noisy latents of each frame, as colours. */
  noisy: Pixels[];
};

export type ExampleEntry =
  | { status: "none" }
  | { status: "loading" }
  | { status: "ready"; example: Example }
  | { status: "failed"; message: string };

export type ExamplesState = {
  isOpen: boolean;
  /** Id of the one on show. */
  chosen: string;
  entries: Record<string, ExampleEntry>;
};

export type ExamplesSlice = {
  /** Open on a first visit, until the visitor closes them. */
  examples: ExamplesState;
  /** Fetches the open ones, the first before the others. Resolves when the line is free for the engine and its model. */
  prepareExamples: () => Promise<void>;
  setExamplesOpen: (isOpen: boolean) => void;
  showExample: (id: string) => void;
  /** Puts an example's scene on the page with the swap made, and draws its picture. Needs a model. */
  openExample: (id: string, swap: Swap) => Promise<void>;
};
