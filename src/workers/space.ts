/** The worker of slot space: answers its question, and is ended by the page, which is also how a UMAP is stopped. */
import { doSpaceTask, type SpaceQuestion } from "./spaceTasks";

addEventListener("message", ({ data }: MessageEvent<SpaceQuestion>) =>
  doSpaceTask(data, (news) => postMessage(news)),
);
