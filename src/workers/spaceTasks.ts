/** What slot space asks of a worker: map, concepts and UMAP, which would hold the page up for up to seconds. */
import { findConcepts, type Concepts } from "../slotspace/concepts";
import type { SlotLibrary } from "../slotspace/library";
import { mulberry32 } from "../math/random";
import {
  projectPca,
  projectUmap,
  type PcaProjection,
  type UmapStep,
} from "../slotspace/projection";
import type { SlotMatrix } from "../slotspace/slotMatrix";

/** Task name to its arguments, result and progress. */
export type SpaceTasks = {
  pca: { args: SlotMatrix; result: PcaProjection; progress: never };
  concepts: {
    args: { library: SlotLibrary; numConcepts: number; seed: number };
    result: Concepts;
    progress: never;
  };
  /** Points [N, 3]. */
  umap: { args: { matrix: SlotMatrix; seed: number }; result: Float32Array; progress: UmapStep };
};
export type SpaceTask = keyof SpaceTasks;

/** Page to worker: a worker is asked once, and ended. */
export type SpaceQuestion = {
  [N in SpaceTask]: { name: N; args: SpaceTasks[N]["args"] };
}[SpaceTask];

/** Worker to page. */
export type SpaceNews =
  | { type: "progress"; value: unknown }
  | { type: "result"; value: unknown }
  | { type: "error"; name: string; message: string };

/** Does a task. @param post - is given progress, then the result or the error */
export function doSpaceTask(question: SpaceQuestion, post: (news: SpaceNews) => void): void {
  try {
    const value = compute(question, (step) => post({ type: "progress", value: step }));
    post({ type: "result", value });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    post({ type: "error", name, message });
  }
}

function compute(
  { name, args }: SpaceQuestion,
  tell: (step: UmapStep) => void,
): SpaceTasks[SpaceTask]["result"] {
  switch (name) {
    case "pca":
      return projectPca(args);
    case "concepts":
      return findConcepts(args.library, args);
    case "umap": {
      const steps = projectUmap(args.matrix, { rng: mulberry32(args.seed) });
      let step = steps.next();
      for (; !step.done; step = steps.next()) tell(step.value);
      return step.value;
    }
  }
}
