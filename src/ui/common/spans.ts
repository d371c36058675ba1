/** Spans and moments of time, and speeds, as people read them. */

/** @param seconds - e.g. 8 -> "8 s", 95 -> "1 min 35 s", 700 -> "12 min", 5000 -> "1 h 23 min" */
export function formatSeconds(seconds: number): string {
  if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 300) {
    const rest = whole % 60;
    return rest === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${rest} s`;
  }
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Steps in a second, or seconds a step where they are slow: "3.2 steps/s", "2.5 s a step". */
export function formatRate(stepsPerSecond: number): string {
  if (stepsPerSecond >= 1) return `${stepsPerSecond.toPrecision(2)} steps/s`;
  return stepsPerSecond > 0 ? `${(1 / stepsPerSecond).toPrecision(2)} s a step` : "–";
}

/** The time of day, in the visitor's own clock. @param moment - milliseconds since 1970 */
export const formatClock = (moment: number): string =>
  new Date(moment).toLocaleTimeString(undefined, { hour12: false });

/** The day and time of day. @param moment - milliseconds since 1970 */
export const formatMoment = (moment: number): string =>
  new Date(moment).toLocaleString(undefined, {
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hour12: false,
  });
