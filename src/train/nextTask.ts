/** Giving way between two steps. */

/**
 * Ends the task under way, so that a cancel message or a signal gets its turn where the backend computes synchronously. By
 * a message and no timer: browsers hold timers back, to 4 ms each and to one a second in hidden tabs.
 */
export const nextTask = (): Promise<void> =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
