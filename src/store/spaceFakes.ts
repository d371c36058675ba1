/** For tests: a worker of slot space that does the same work on the test's own thread. */
import { doSpaceTask, type SpaceNews } from "../workers/spaceTasks";
import type { SpacePort } from "./spaceWorker";

/** Answers a turn later, and no more after it has been ended. */
export function createFakeSpaceWorker(): SpacePort {
  const listeners: ((event: { data: SpaceNews }) => void)[] = [];
  let isEnded = false;
  const post = (data: SpaceNews): void => {
    if (!isEnded) for (const listener of listeners) listener({ data });
  };
  return {
    postMessage: (question) => void setTimeout(() => isEnded || doSpaceTask(question, post)),
    addEventListener: (type, listener) => {
      if (type === "message") listeners.push(listener as (event: { data: SpaceNews }) => void);
    },
    terminate: () => void (isEnded = true),
  };
}
