/** The curve of a run: points that a resumed run thins exactly as one that was never paused. */
import type { RunPoint, RunStage } from "../protocol/training";

/** Points of a stage that are kept. */
const mostPoints = 2000;

/** Whether a stage of so many steps keeps the point of a step: every n-th, the first and the last. */
export function isKept({ step }: { step: number }, steps: number): boolean {
  const stride = Math.ceil(steps / (mostPoints - 2));
  return step === 1 || step === steps || step % stride === 0;
}

/** What a step of the trainer adds to the curve. */
export function pointOf(report: {
  stage: RunStage;
  step: number;
  loss: number;
  lr: number;
  psnr?: number;
}): RunPoint {
  const { stage, step, loss, lr, psnr } = report;
  return { stage, step, loss, lr, ...(psnr === undefined ? {} : { psnr }) };
}
