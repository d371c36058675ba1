/** What each stage of a picture took when it last ran: time, work on the device, memory. */
import { measureWork } from "../gpu/workCount";
import { stageNames, type StageName, type StageUse } from "./protocol/usage";

export type StageMeter = {
  /**
   * Runs a stage and keeps what it took; one that fails or is cancelled leaves no trace. One stage at a time.
   * @param parts - equal parts that the stage has
   */
  time: <T>(stage: StageName, parts: number, work: () => Promise<T>) => Promise<T>;
  /** Stages that have run, in order. */
  stages: () => StageUse[];
};

/** @param now - milliseconds from any start */
export function createStageMeter(now: () => number): StageMeter {
  const last = new Map<StageName, StageUse>();
  return {
    time: async (stage, parts, work) => {
      const worked = measureWork();
      const started = now();
      const result = await work();
      const elapsedMs = now() - started;
      const { count, peak } = worked();
      const runs = (last.get(stage)?.runs ?? 0) + 1;
      last.set(stage, { stage, runs, parts, elapsedMs, count, peakTensorBytes: peak.bytes });
      return result;
    },
    stages: () => stageNames.flatMap((stage) => last.get(stage) ?? []),
  };
}
