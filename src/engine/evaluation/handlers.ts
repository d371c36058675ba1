/** Evaluations in the page: models on the same pictures with the same seeds, and the VQ-VAE alone on new pictures. */
import { openSet as openStoredSet } from "../../data/pictureSets/openSet";
import { InputError } from "../../errors";
import { chunkSize, type EvaluationOptions } from "../../evaluation/chunk";
import { evaluate, type Evaluation } from "../../evaluation/evaluation";
import type { PictureSource } from "../../evaluation/pictures";
import { describeProtocol } from "../../evaluation/protocol";
import { createSharedRunner, type Drawing } from "../../evaluation/runner";
import type { ModelConfig } from "../../slotdiffusion/config";
import { loadModel, openWeights } from "../modelLoading";
import type { Args } from "../protocol";
import type {
  EvaluationData,
  EvaluationTable,
  EvaluationTimes,
  ModelRef,
} from "../protocol/training";
import type { Handlers, SessionContext } from "../sessionContext";
import {
  openEvaluationPictures,
  type EvaluationPictures,
  type SetOpener,
} from "./evaluationPictures";
import {
  describeMetrics,
  knownMetrics,
  numShown,
  pictureRows,
  toLookPicture,
} from "./evaluationTable";
import { measureFirstStage } from "./firstStage";
import { changeLease, describeChange, drawingOf } from "./modelChange";
import { atOnce, leaseModel, type ModelLease, type ModelSources } from "./modelLease";
import { createStopwatch, timeRunner } from "./timedRunner";

/** Pictures between two reports. */
const chunk = 8;
/** Pictures that come back to look at, unless all are asked for. */
const fewSeen = 8;
/** Pixels of one turn on the device, 4 pictures of 64 x 64: others wait for as long as their drawing takes. */
const pixelsPerTurn = 2 ** 14;
const mostSeeds = 100;

/** Where pictures and models come from. */
export type EvaluationSources = ModelSources & { openSet: SetOpener };

const ofThisBrowser: EvaluationSources = {
  openSet: openStoredSet,
  open: openWeights,
  load: loadModel,
};

/** What a session does for evaluations: `evaluate` takes turns on the device, `checkFirstStage` has it to itself. */
export function createEvaluationHandlers(
  context: SessionContext,
  sources: EvaluationSources = ofThisBrowser,
): Handlers<"evaluate" | "checkFirstStage"> {
  const openPictures = (data: EvaluationData): Promise<EvaluationPictures> =>
    openEvaluationPictures(data, sources.openSet, context);
  return {
    evaluate: async (args, { signal, report }) => {
      checkArgs(args);
      context.assertRunning();
      const pictures = await openPictures(args.data);
      const plans: Plan[] = [];
      for (const model of args.models) {
        const lease = changeLease(
          await leaseModel(model, context, sources, signal),
          args.change ?? {},
        );
        plans.push({ model, lease, source: pictures.at(lease.config) }); // throws before long work
      }
      const measured: Measured[] = [];
      for (const [index, plan] of plans.entries())
        measured.push(
          await measureModel(plan, args, {
            now: () => context.now(),
            report: (done) => report({ model: index, done, total: pictures.count }),
          }),
        );
      return toTable(pictures, measured, args);
    },
    checkFirstStage: async ({ model, data }, { signal }) => {
      context.assertRunning();
      const pictures = await openPictures(data);
      const lease = await leaseModel(model, { ...context, turn: atOnce }, sources, signal);
      try {
        return await measureFirstStage(pictures, lease);
      } finally {
        lease.close();
      }
    },
  };
}

function checkArgs({ models, seeds }: Args<"evaluate">): void {
  if (models.length === 0)
    throw new InputError("evaluate: expected a model or more, got none. Choose what to compare.");
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > mostSeeds)
    throw new InputError(
      `evaluate: expected 1 to ${mostSeeds} evaluation seeds, got ${seeds}. Choose another number.`,
    );
}

const optionsOf = ({
  seeds,
  reconstruct,
  compose = false,
}: Args<"evaluate">): EvaluationOptions => ({
  seed: 0,
  seeds,
  reconstruct,
  compose,
});

const drawingFor = ({ change = {} }: Args<"evaluate">): Drawing => drawingOf(change);

type Plan = { model: ModelRef; lease: ModelLease; source: PictureSource };
type Measured = {
  model: ModelRef;
  config: ModelConfig;
  evaluation: Evaluation;
  times: EvaluationTimes;
};

/** One model on all pictures, as the command line measures it; its weights are freed at the end. */
async function measureModel(
  { model, lease, source }: Plan,
  args: Args<"evaluate">,
  { now, report }: { now: () => number; report: (done: number) => void },
): Promise<Measured> {
  const { config, use, close } = lease;
  const { elapsed, time } = createStopwatch(now);
  const shared = createSharedRunner(config, time(use), pixelsPerTurn, drawingFor(args));
  const { runner, times } = timeRunner(shared, elapsed);
  const pace = {
    report,
    chunk: args.compose ? chunkSize : chunk,
    numSeen: args.hasRows ? numShown(config.resolution) : fewSeen,
  };
  report(0);
  try {
    const tools = { config, runner, backbone: null };
    const evaluation = await evaluate(source, tools, optionsOf(args), pace);
    return { model, config, evaluation, times: times() };
  } finally {
    close();
  }
}

function toTable(
  { title, truth }: EvaluationPictures,
  measured: readonly Measured[],
  args: Args<"evaluate">,
): EvaluationTable {
  const [first] = measured.map(({ evaluation }) => evaluation); // all saw the same pictures
  const n = first?.names.length ?? 0;
  const withTruth = first?.withTruth ?? 0;
  const configs = measured.map(({ config }) => config);
  const what = { n, withTruth, feature: null, truth, drawing: drawingFor(args) };
  const how = describeProtocol(configs, optionsOf(args), what) + describeChange(args.change ?? {});
  const models = measured.map(({ model, config, evaluation, times }) => ({
    model,
    title: config.name,
    metrics: knownMetrics(evaluation),
    numSlots: config.slot_dict.num_slots,
    pictures: evaluation.seen.map((seen) => toLookPicture(seen, config.resolution)),
    ...(args.hasRows ? { rows: pictureRows(evaluation) } : {}),
    times,
  }));
  const names = describeMetrics(models.flatMap(({ metrics }) => Object.keys(metrics)));
  return {
    protocol: `pictures: ${title}; ${how}.\n${names}`,
    numPictures: n,
    numWithTruth: withTruth,
    models,
  };
}
