import { createHash } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { CheckpointError, isAbort } from "../errors";

import { deleteWeights, fetchWeights, listWeights, sha256Hex, weightCacheName } from "./cache";

const url = "https://models.example/clevr/weights.safetensors";
const content = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7) % 256);
const hash = createHash("sha256").update(content).digest("hex");

/** The Cache API in memory, with failures to order. */
class MemoryCaches {
  stored = new Map<string, Map<string, Response>>();
  failure: "open" | "put" | null = null;
  putsPending = 0;

  open(name: string): Promise<Cache> {
    if (this.failure === "open") return Promise.reject(new DOMException("no", "SecurityError"));
    const files = this.stored.get(name) ?? new Map<string, Response>();
    this.stored.set(name, files);
    const addressOf = (request: RequestInfo | URL): string =>
      request instanceof Request ? request.url : String(request);
    const cache = {
      match: (request: RequestInfo | URL) =>
        Promise.resolve(files.get(addressOf(request))?.clone()),
      keys: () => Promise.resolve([...files.keys()].map((key) => new Request(key))),
      delete: (request: RequestInfo | URL) => Promise.resolve(files.delete(addressOf(request))),
      put: async (request: RequestInfo | URL, response: Response) => {
        this.putsPending++;
        await new Promise((resolve) => setTimeout(resolve, 5));
        this.putsPending--;
        if (this.failure === "put") throw new DOMException("full", "QuotaExceededError");
        files.set(addressOf(request), response);
      },
    };
    return Promise.resolve(cache as unknown as Cache); // the part of it that is used
  }

  delete(name: string): Promise<boolean> {
    return Promise.resolve(this.stored.delete(name));
  }

  files(): Map<string, Response> {
    return this.stored.get(weightCacheName) ?? new Map<string, Response>();
  }
}

/** Answers `bytes` in chunks of 100 after `headers`; `asked` counts requests. */
function server(
  bytes: Uint8Array = content,
  headers: Record<string, string> = { "content-length": "1000" },
  status = 200,
) {
  const state = { asked: 0, sent: 0, isCancelled: false };
  const fetchFake = (_: unknown, init?: RequestInit): Promise<Response> => {
    state.asked++;
    const signal = init?.signal;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        if (signal?.aborted) return controller.error(signal.reason);
        if (state.sent >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(state.sent, state.sent + 100));
        state.sent += 100;
      },
      cancel: () => void (state.isCancelled = true),
    });
    return Promise.resolve(new Response(status === 200 ? body : null, { status, headers }));
  };
  return { ...state, state, fetch: fetchFake as typeof fetch };
}

const offline = (() => Promise.reject(new TypeError("Failed to fetch"))) as typeof fetch;
const failureOf = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing failed",
    (reason: unknown) => reason,
  );
const bytesOf = async (blob: Blob): Promise<Uint8Array> => new Uint8Array(await blob.arrayBuffer());

let caches: MemoryCaches;
let cache: CacheStorage;
beforeEach(() => {
  caches = new MemoryCaches();
  cache = caches as unknown as CacheStorage; // `open` and `delete` are used
});

describe("fetchWeights", () => {
  it("downloads once, tells bytes, and serves the second time without the network", async () => {
    const progress: [number, number][] = [];
    const { fetch } = server();
    const onProgress = (...report: [number, number]) => void progress.push(report);
    const first = await fetchWeights(url, { fetch, cache, expectedHash: hash, onProgress });
    expect(first).toMatchObject({ hash, fromCache: false, stored: true });
    expect(await bytesOf(first.blob)).toEqual(content);
    expect(caches.putsPending).toBe(0); // it is stored before the answer
    expect(progress).toEqual(Array.from({ length: 11 }, (_, i) => [100 * i, 1000]));

    progress.length = 0;
    const second = await fetchWeights(url, {
      fetch: offline,
      cache,
      expectedHash: hash,
      onProgress,
    });
    expect(second).toMatchObject({ hash, fromCache: true, stored: true });
    expect(await bytesOf(second.blob)).toEqual(content);
    expect(progress).toEqual([[1000, 1000]]);
  });

  it("takes the hash in capitals too", async () => {
    await fetchWeights(url, { fetch: server().fetch, cache, expectedHash: hash.toUpperCase() });
    const again = await fetchWeights(url, {
      fetch: offline,
      cache,
      expectedHash: hash.toUpperCase(),
    });
    expect(again.fromCache).toBe(true);
  });

  it("refuses other content than expected and stores none of it", async () => {
    const error = await failureOf(
      fetchWeights(url, { fetch: server().fetch, cache, expectedHash: "ab" }),
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect(String(error)).toContain(`expected content ab, got ${hash}`);
    expect(caches.files().size).toBe(0);
  });

  it("replaces cached weights of another hash by those that are expected", async () => {
    const old = new Uint8Array(500);
    await fetchWeights(url, { fetch: server(old, {}).fetch, cache });
    const { fromCache, blob } = await fetchWeights(url, {
      fetch: server().fetch,
      cache,
      expectedHash: hash,
    });
    expect(fromCache).toBe(false);
    expect(await bytesOf(blob)).toEqual(content);
    expect(caches.files().get(url)?.headers.get("x-weights-sha256")).toBe(hash);
  });

  it.each([
    ["changed", content.map((byte, i) => (i === 500 ? byte ^ 1 : byte)), "1000"],
    ["cut short", content.slice(0, 900), "1000"],
    ["without its length", content, ""],
  ])("does not use cached bytes that are %s, and forgets them", async (_, bytes, recordedBytes) => {
    await fetchWeights(url, { fetch: server().fetch, cache });
    const headers = { "x-weights-sha256": hash, "x-weights-bytes": recordedBytes };
    caches.files().set(url, new Response(bytes, { headers }));
    const error = await failureOf(fetchWeights(url, { fetch: offline, cache }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(caches.files().has(url)).toBe(false);
    const again = await fetchWeights(url, { fetch: server().fetch, cache });
    expect(again).toMatchObject({ fromCache: false, stored: true, hash });
  });

  it.each([
    ["a truncated download", content.slice(0, 700), /expected 1000 bytes, got 700/],
    ["a download that does not end", new Uint8Array(5000), /expected 1000 bytes, got 1100/],
    ["an empty answer", new Uint8Array(), /expected 1000 bytes, got 0/],
  ])("refuses %s", async (_, bytes, message) => {
    const { fetch } = server(bytes);
    const error = await failureOf(fetchWeights(url, { fetch, cache }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(String(error)).toMatch(message);
    expect(caches.files().size).toBe(0);
  });

  it("counts decoded bytes where the server compresses", async () => {
    const { fetch } = server(content, { "content-length": "12", "content-encoding": "gzip" });
    const totals: number[] = [];
    const onProgress = (_: number, total: number) => void totals.push(total);
    expect((await fetchWeights(url, { fetch, cache, onProgress })).blob.size).toBe(1000);
    expect(new Set(totals)).toEqual(new Set([0]));
  });

  it("stops at once when aborted, before and within the download", async () => {
    const before = server();
    const early = await failureOf(
      fetchWeights(url, { fetch: before.fetch, cache, signal: AbortSignal.abort() }),
    );
    expect(isAbort(early)).toBe(true);
    expect(before.state.asked).toBe(0);

    const controller = new AbortController();
    const within = server();
    const onProgress = (bytes: number) => bytes === 300 && controller.abort();
    const error = await failureOf(
      fetchWeights(url, {
        fetch: within.fetch,
        cache,
        signal: controller.signal,
        onProgress: (n) => void onProgress(n),
      }),
    );
    expect(isAbort(error)).toBe(true);
    expect(within.state.sent).toBeLessThan(700);
    expect(caches.files().size).toBe(0);
  });

  it.each(["open", "put"] as const)(
    "gives the bytes where the browser refuses to %s the cache",
    async (failure) => {
      caches.failure = failure;
      const fetched = await fetchWeights(url, { fetch: server().fetch, cache, expectedHash: hash });
      expect(fetched).toMatchObject({ hash, fromCache: false, stored: false });
      expect(await bytesOf(fetched.blob)).toEqual(content);
      expect(caches.files().size).toBe(0);
    },
  );

  it("works without a cache", async () => {
    const fetched = await fetchWeights(url, { fetch: server().fetch, cache: null });
    expect(fetched).toMatchObject({ hash, stored: false });
  });

  it.each([
    [404, /status 404\. Check that the model's folder/],
    [403, /status 403\. The file is not public/],
    [503, /status 503\. .*try again later/],
    [206, /status 206\. Check the address/],
  ])("says what to do about status %i", async (status, message) => {
    const error = await failureOf(
      fetchWeights(url, { fetch: server(content, {}, status).fetch, cache }),
    );
    expect(error).toBeInstanceOf(CheckpointError);
    expect(String(error)).toMatch(message);
  });

  it("does not take a web page for weights", async () => {
    const { fetch } = server(content, { "content-type": "text/html; charset=utf-8" });
    expect(String(await failureOf(fetchWeights(url, { fetch, cache })))).toMatch(/got a web page/);
    expect(String(await failureOf(fetchWeights(url, { fetch: offline, cache })))).toMatch(
      /Check the connection/,
    );
  });
});

describe("what the cache holds", () => {
  it("lists and forgets one file or all", async () => {
    const other = "https://models.example/other.safetensors";
    await fetchWeights(url, { fetch: server().fetch, cache });
    await fetchWeights(other, { fetch: server(content.slice(0, 500), {}).fetch, cache });
    expect(await listWeights(cache)).toEqual([
      { url, bytes: 1000, hash },
      { url: other, bytes: 500, hash: await sha256Hex(new Blob([content.slice(0, 500)])) },
    ]);
    await deleteWeights(url, cache);
    expect((await listWeights(cache)).map((listing) => listing.url)).toEqual([other]);
    await deleteWeights(null, cache);
    expect(await listWeights(cache)).toEqual([]);
  });

  it("is empty where there is no cache", async () => {
    expect(await listWeights(null)).toEqual([]);
    await deleteWeights(null, null);
    await deleteWeights(url, null);
  });
});
