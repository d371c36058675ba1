/** What a session does to show the insides of a loaded model. Every request uses the device and waits its turn for it. */
import { noiseLevel, type Schedule } from "../../diffusion/schedule";
import type { InsideProtocol, ScheduleInside } from "../protocol/inside";
import type { SessionContext } from "../sessionContext";
import { inspectFirstStage, latentsToPixels } from "./firstStage";
import { inspectGeneration } from "./inspectGeneration";
import { slotsFromTruth } from "./slotsFromTruth";
import { drawVariants } from "./variants";

/** Handlers of InsideProtocol, in the form of the session's own. */
export type InsideHandlers = {
  [M in keyof InsideProtocol]: (
    args: InsideProtocol[M]["args"],
    context: { signal: AbortSignal; report: (value: InsideProtocol[M]["progress"]) => void },
  ) => Promise<InsideProtocol[M]["result"]>;
};

/** Handlers that look into the model that a session has loaded. */
export const createInsideHandlers = (session: SessionContext): InsideHandlers => ({
  inspectGenerate: async (args, job) => inspectGeneration(session.model(), args, job),
  decodeLatents: async ({ latents }) => latentsToPixels(session.model(), latents),
  inspectFirstStage: async (args) => inspectFirstStage(session.model(), args),
  truthSlots: async (args) => slotsFromTruth(session.model(), args),
  schedule: async () => Promise.resolve(readSchedule(session.model().schedule)),
  generateVariants: async (args, job) =>
    drawVariants(session.model(), args, job, () => session.now()),
});

/** Copies: what crosses to the page is moved there. */
function readSchedule(schedule: Schedule): ScheduleInside {
  return {
    alphasCumprod: Float32Array.from(schedule.alphasCumprod),
    logSnr: Float32Array.from(
      { length: schedule.timesteps },
      (_, t) => 2 * noiseLevel(schedule, t).lambda,
    ),
  };
}
