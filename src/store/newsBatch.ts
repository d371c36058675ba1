/** News that comes faster than a page should change: gathered, and handed over a few times a second. */

/** Milliseconds between two changes of the page: eight a second. */
export const newsPauseMs = 125;

export type NewsBatch<T> = {
  add: (news: T) => void;
  /** Hands over what has gathered, now. */
  flush: () => void;
};

/**
 * The first news is handed over at once. Arrival is looked at as well as a timer, which a hidden page may get late.
 * @param now - milliseconds
 * @param take - is given the news since it was called last, oldest first
 */
export function createNewsBatch<T>(now: () => number, take: (news: T[]) => void): NewsBatch<T> {
  let waiting: T[] = [];
  let takenAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const news = waiting;
    waiting = [];
    takenAt = now();
    take(news);
  };
  return {
    add: (news) => {
      waiting.push(news);
      const left = takenAt + newsPauseMs - now();
      if (left <= 0 || left > newsPauseMs)
        flush(); // a clock that was set back does not hold news up
      else timer ??= setTimeout(flush, left);
    },
    flush,
  };
}
