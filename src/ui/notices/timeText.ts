/** A moment as people say it, in their own language. */

/** @param at - milliseconds since 1970 -> "22 Nov, 14:05" */
export const timeText = (at: number): string =>
  new Date(at).toLocaleString([], {
    ...{ day: "numeric", month: "short" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
