/**
 * The four kinds of failure a person can act on. Everything else is a bug: a plain Error.
 * Messages read `where: expected X, got Y. What to do.`
 */

/** This browser or adapter cannot run what was asked; the message says what can. */
export class UnsupportedDeviceError extends Error {
  override readonly name = "UnsupportedDeviceError";
}

/** A weight file is damaged, of another model, or not weights at all. */
export class CheckpointError extends Error {
  override readonly name = "CheckpointError";
}

/** The device has no room for what was asked. */
export class OutOfMemoryError extends Error {
  override readonly name = "OutOfMemoryError";
}

/** A file, link or setting of the user's cannot be used as it is. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** Cancelled is not failed: what an aborted signal throws. */
export const isAbort = (error: unknown): boolean =>
  error instanceof Error && error.name === "AbortError";
