/**
 * What every gate for bytes from outside must do with whatever it is given: a value or a typed error, soon, with little
 * memory, and without a trace on anybody's prototype.
 *
 * FUZZ_RUNS=100000 npx vitest run --project node tests/fuzz  runs so many inputs a gate; FUZZ_SEED picks others.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { expect } from "vitest";

import {
  CheckpointError,
  InputError,
  isAbort,
  OutOfMemoryError,
  UnsupportedDeviceError,
} from "../../src/errors";
import { takeRequestedBytes } from "./allocation";

const refusalMs = 50;
/** For each MiB of the input itself: JSON.parse alone takes longer for some. */
const refusalMsPerMiB = 50;
/** What is taken may take its time: a file of a thousand parts is no refusal. */
const acceptMs = 1000;
/** A machine that does other things too may stop any input: one that is slow each time is slow. */
const tries = 5;
/** Beside what is as large as the input itself. */
const mostExtraBytes = 2 * 2 ** 20;
const usualMessage = 4000;
const typedErrors = [CheckpointError, InputError, OutOfMemoryError, UnsupportedDeviceError];

/** A reader of untrusted input. `refusals`: errors of its own room, which callers turn into typed ones. */
export type Gate<T> = {
  name: string;
  read: (input: T) => unknown;
  bytesOf: (input: T) => number;
  refusals?: readonly (new (message: string) => Error)[];
  /** Before a refusal, where much has to be unpacked to know. */
  mostMs?: number;
  /** Characters of a message that lists what is wrong. */
  mostMessage?: number;
};

/** What a run found. */
export type FuzzReport = {
  inputs: number;
  refused: number;
  meanMs: number;
  worstMs: number;
  /** Most bytes of buffers that a refused input had asked for. */
  mostRequested: number;
  /** Bytes held after the second half of the run that were not after the first. */
  heldMore: number;
};

const { FUZZ_RUNS, FUZZ_SEED = "1" } = process.env;

/** @param usual - inputs where no other number is asked for */
export const runsOf = (usual: number): number => (FUZZ_RUNS ? Number(FUZZ_RUNS) : usual);

/** One hour for the full count; the usual one takes seconds. */
export const fuzzTimeoutMs = FUZZ_RUNS ? 3_600_000 : 120_000;

type Attempt = { isRefused: boolean; ms: number; requested: number };

/** Gives one input to a gate; throws where the gate does anything else than it must. */
export async function tryInput<T>(gate: Gate<T>, input: T): Promise<Attempt> {
  let attempt = await readOnce(gate, input);
  const sizeMiB = gate.bytesOf(input) / 2 ** 20;
  const { mostMs: forRefusal = refusalMs } = gate;
  const mostMs = attempt.isRefused ? forRefusal + refusalMsPerMiB * Math.floor(sizeMiB) : acceptMs;
  for (let k = 1; k < tries && attempt.ms > mostMs; k++) {
    const { ms } = await readOnce(gate, input);
    attempt = { ...attempt, ms: Math.min(ms, attempt.ms) };
  }
  const { isRefused, ms, requested } = attempt;
  if (ms > mostMs) throw new Error(`${gate.name}: expected at most ${mostMs} ms, got ${ms}.`);
  if (isRefused && requested > mostExtraBytes + 4 * gate.bytesOf(input))
    throw new Error(
      `${gate.name}: expected a refusal within 2 MiB, got ${requested} bytes asked for.`,
    );
  assertPrototypes(gate.name);
  return attempt;
}

async function readOnce<T>(gate: Gate<T>, input: T): Promise<Attempt> {
  takeRequestedBytes();
  const cpu = process.cpuUsage();
  const begin = performance.now();
  let refusal: unknown = null;
  try {
    await gate.read(input);
  } catch (error) {
    refusal = error;
  }
  const wallMs = performance.now() - begin;
  const { user, system } = process.cpuUsage(cpu);
  const ms = Math.min(wallMs, (user + system) / 1000); // others may have had the machine meanwhile
  if (refusal !== null) assertTyped(gate, refusal);
  return { isRefused: refusal !== null, ms, requested: takeRequestedBytes() };
}

function assertTyped<T>(
  { name, refusals = [], mostMessage = usualMessage }: Gate<T>,
  error: unknown,
): void {
  const isTyped = [...typedErrors, ...refusals].some((known) => error instanceof known);
  if (!isTyped || isAbort(error))
    throw new Error(`${name}: expected a value or a typed error, got ${String(error)}`, {
      cause: error,
    });
  const { message } = error as Error; // one of the classes above
  if (message.length > mostMessage)
    throw new Error(`${name}: expected a message to read, got ${message.length} characters.`);
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Bytes that are still held after everything that can go has gone: streams and Blobs do so some turns later. */
async function heldBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collectGarbage();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const prototypes = [Object, Array, Function, String, Number, Map, Set, Error, Promise].map(
  ({ prototype }): [object, string] => [prototype as object, keysOf(prototype as object)],
);

function keysOf(prototype: object): string {
  return Reflect.ownKeys(prototype).map(String).join();
}

function assertPrototypes(name: string): void {
  for (const [prototype, keys] of prototypes)
    if (keysOf(prototype) !== keys) throw new Error(`${name}: a prototype was changed.`);
}

/** Gives a gate many inputs; a failure shows the smallest that fails. Both outcomes must come up. */
export async function fuzz<T>(
  gate: Gate<T>,
  inputs: fc.Arbitrary<T>,
  usualRuns: number,
): Promise<FuzzReport> {
  const runs = runsOf(usualRuns);
  let [count, refused, totalMs, worstMs, mostRequested] = [0, 0, 0, 0, 0];
  let held = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    const attempt = await tryInput(gate, input);
    if (++count === Math.floor(runs / 2)) held = await heldBytes();
    totalMs += attempt.ms;
    worstMs = Math.max(worstMs, attempt.ms);
    if (!attempt.isRefused) return;
    refused++;
    mostRequested = Math.max(mostRequested, attempt.requested);
  });
  await fc.assert(property, { numRuns: runs, seed: Number(FUZZ_SEED) });
  const heldMore = (await heldBytes()) - held;
  const meanMs = totalMs / count;
  const report = { inputs: count, refused, meanMs, worstMs, mostRequested, heldMore };
  if (FUZZ_RUNS) console.log(gate.name, JSON.stringify(report));
  expect(count).toBe(runs);
  expect(heldMore).toBeLessThan(mostExtraBytes);
  expect(report.meanMs).toBeLessThan(refusalMs);
  return report;
}

/** That a run saw both: inputs that were taken, and inputs that were refused. */
export function expectBoth({ inputs, refused }: FuzzReport): void {
  expect(refused).toBeGreaterThan(0);
  expect(refused).toBeLessThan(inputs);
}
