/** How fast a run goes, and how long it will take. */

/** Steps that the pace is taken over, and fewest that tell it. */
const [mostSteps, fewestSteps] = [20, 3];

export type Pace = { stepsPerSecond: number; secondsLeft: number | null };

/**
 * Tells the pace after each step. Stages to come are taken to be as fast as the one under way: until the last has begun,
 * what is left is an estimate.
 * @param started - milliseconds, as all times here
 */
export function createPace(started: number) {
  let stage = "";
  let times = [started];
  let skipped = 0;
  return {
    /** Leaves out what was no step, a look or a checkpoint; the time left still counts it. */
    skip: (elapsed: number): void => {
      skipped += elapsed;
      times = times.map((time) => time + elapsed);
    },
    /** @param stepsLeft - of all stages @param now - at the end of a step */
    add: (stageNow: string, now: number, stepsLeft: number): Pace => {
      if (stageNow !== stage) times = times.slice(-1);
      stage = stageNow;
      times = [...times, now].slice(-mostSteps - 1);
      const steps = times.length - 1;
      const stepMs = Math.max(now - (times[0] ?? now), 1) / steps; // clocks tick in milliseconds
      const stepping = Math.max(now - started - skipped, 1);
      const left = (stepsLeft * stepMs * (stepping + skipped)) / stepping / 1000;
      return { stepsPerSecond: 1000 / stepMs, secondsLeft: steps < fewestSteps ? null : left };
    },
  };
}
