/** A slow line, and what came over it. */
import type { Page } from "@playwright/test";

/** 1.6 Mbit/s. */
export const bytesPerSecond = 200_000;
/** Seconds of a round trip. */
export const roundTrip = 0.15;

type Finished = { url: string; type: string; bytes: number };

/** Makes a page's line slow, and its cache empty, from now on. */
export async function makeSlow(page: Page): Promise<{
  /** Requests of the page that have come to their end, in order. */
  finished: Finished[];
  /** Processor time of the page's main thread, in milliseconds. */
  cpuMs: () => Promise<number>;
}> {
  const cdp = await page.context().newCDPSession(page);
  const asked = new Map<string, { url: string; type: string }>();
  const finished: Finished[] = [];
  cdp.on("Network.requestWillBeSent", ({ requestId, request, type = "" }) =>
    asked.set(requestId, { url: request.url, type }),
  );
  cdp.on("Network.loadingFinished", ({ requestId, encodedDataLength }) =>
    finished.push({
      ...(asked.get(requestId) ?? { url: "", type: "" }),
      bytes: encodedDataLength,
    }),
  );
  await cdp.send("Network.enable");
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  await cdp.send("Network.setCacheDisabled", { cacheDisabled: true });
  await cdp.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: roundTrip * 1000,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: bytesPerSecond,
  });
  const cpuMs = async (): Promise<number> => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    const seconds = metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
    return Math.round(seconds * 1000);
  };
  return { finished, cpuMs };
}
