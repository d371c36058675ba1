/**
 * Weights kept by the browser (Cache API), each with the hash of its content: a model is downloaded once.
 * A page that may not store anything (private mode, full disk) still gets its bytes.
 */
import { CheckpointError, isAbort, UnsupportedDeviceError } from "../errors";

/** The version changes when what is stored beside the bytes does. */
export const weightCacheName = "slotdiffusion-weights-v1";
const hashHeader = "x-weights-sha256";
const bytesHeader = "x-weights-bytes";

/** What of the Cache API is used. */
export type WeightCaches = Pick<CacheStorage, "open" | "delete">;

export type FetchWeightsOptions = {
  signal?: AbortSignal;
  /** Bytes so far and in all; the latter 0 where the server does not tell. */
  onProgress?: (bytes: number, total: number) => void;
  /** SHA-256 in hex. Without it whatever is cached for the address is used. */
  expectedHash?: string;
  /** Null: do not cache. */
  cache?: WeightCaches | null;
  fetch?: typeof fetch;
};

/** `stored`: whether the bytes are in the cache now. */
export type FetchedWeights = { blob: Blob; hash: string; fromCache: boolean; stored: boolean };
export type WeightListing = { url: string; bytes: number; hash: string };

/** @returns SHA-256 of the content, hex */
export async function sha256Hex(blob: Blob): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined; // absent where a page is not secure
  if (!subtle)
    throw new UnsupportedDeviceError(
      "weights: expected a secure page, got plain http. Open the page over https or from localhost.",
    );
  const digest = await subtle.digest("SHA-256", await blob.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Weights from the cache when they are there and whole, else from the network and then into the cache. */
export async function fetchWeights(
  url: string,
  options: FetchWeightsOptions = {},
): Promise<FetchedWeights> {
  const { signal, onProgress, expectedHash } = options;
  signal?.throwIfAborted();
  const cache = await openCache(options.cache);
  const cached = cache && (await readCached(cache, url, expectedHash));
  signal?.throwIfAborted();
  if (cached) {
    onProgress?.(cached.blob.size, cached.blob.size);
    return { ...cached, fromCache: true, stored: true };
  }
  const blob = await download(url, options);
  const hash = await sha256Hex(blob);
  signal?.throwIfAborted();
  if (expectedHash !== undefined && hash !== expectedHash.toLowerCase())
    throw new CheckpointError(
      `${url}: expected content ${expectedHash}, got ${hash}. The file was changed or damaged on its way; try again.`,
    );
  return { blob, hash, fromCache: false, stored: await store(cache, url, blob, hash) };
}

/** The cache, or null where there is none or it may not be used: weights then come from the network each time. */
async function openCache(caches: WeightCaches | null = browserCaches()): Promise<Cache | null> {
  try {
    return caches && (await caches.open(weightCacheName));
  } catch {
    return null;
  }
}

const browserCaches = (): WeightCaches | null => (typeof caches === "undefined" ? null : caches);

/** A cached file whose length and content are those recorded with it; one that is not is deleted. */
async function readCached(
  cache: Cache,
  url: string,
  expectedHash: string | undefined,
): Promise<{ blob: Blob; hash: string } | null> {
  try {
    const response = await cache.match(url);
    if (!response) return null;
    const { hash, bytes } = recorded(response);
    const isWanted = expectedHash === undefined || hash === expectedHash.toLowerCase();
    if (isWanted) {
      const blob = await response.blob();
      if (blob.size === bytes && (await sha256Hex(blob)) === hash) return { blob, hash };
    }
    await cache.delete(url);
  } catch (error) {
    if (error instanceof UnsupportedDeviceError) throw error; // any other failure: as if nothing were cached
  }
  return null;
}

const recorded = ({ headers }: Response): { hash: string; bytes: number } => ({
  hash: headers.get(hashHeader) ?? "",
  bytes: Number(headers.get(bytesHeader) ?? NaN),
});

/** @returns whether the browser kept it */
async function store(cache: Cache | null, url: string, blob: Blob, hash: string): Promise<boolean> {
  if (!cache) return false;
  const headers = { [hashHeader]: hash, [bytesHeader]: `${blob.size}` };
  try {
    await cache.put(url, new Response(blob, { headers }));
    return true;
  } catch {
    await cache.delete(url).catch(() => false); // over quota: what was there is of no use either
    return false;
  }
}

async function download(url: string, options: FetchWeightsOptions): Promise<Blob> {
  const { signal, onProgress } = options;
  const response = await request(url, options);
  const total = declaredLength(response);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  onProgress?.(0, total);
  try {
    for await (const chunk of chunksOf(response)) {
      signal?.throwIfAborted();
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (total && bytes > total) break;
      onProgress?.(bytes, total);
    }
  } catch (cause) {
    throw networkFailure(url, cause, signal);
  }
  if (!bytes || (total && bytes !== total))
    throw new CheckpointError(
      `${url}: expected ${total || "some"} bytes, got ${bytes}. The download is not whole; try again.`,
    );
  return new Blob(chunks);
}

async function request(url: string, options: FetchWeightsOptions): Promise<Response> {
  const { signal, fetch: fetchFrom = fetch } = options;
  let response: Response;
  try {
    // The HTTP cache would keep a second copy of the same bytes.
    response = await fetchFrom(url, { cache: "no-store", ...(signal && { signal }) });
  } catch (cause) {
    throw networkFailure(url, cause, signal);
  }
  if (response.status !== 200)
    throw new CheckpointError(
      `${url}: expected the weight file (status 200), got status ${response.status}. ${adviceFor(response.status)}`,
    );
  if (response.headers.get("content-type")?.startsWith("text/html"))
    throw new CheckpointError(
      `${url}: expected the weight file, got a web page. ${adviceFor(404)}`,
    );
  return response;
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403)
    return "The file is not public; download it and drop it here.";
  if (status === 404 || status === 410) return "Check that the model's folder is on the server.";
  return status >= 500 ? "The server has a problem; try again later." : "Check the address.";
}

/** 0 when unknown; of a compressed answer Content-Length counts other bytes than arrive. */
function declaredLength({ headers }: Response): number {
  if (headers.has("content-encoding")) return 0;
  const length = Number(headers.get("content-length"));
  return Number.isSafeInteger(length) && length > 0 ? length : 0;
}

async function* chunksOf(response: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (!response.body) return;
  const reader = response.body.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => undefined); // left early: stop the transfer
  }
}

/** An abort as it came, anything else as something to try again. */
function networkFailure(url: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted || isAbort(cause)) return cause;
  return new CheckpointError(
    `${url}: expected a whole download, got ${String(cause)}. Check the connection and try again.`,
    { cause },
  );
}

/** What the cache holds; nothing where there is no cache. */
export async function listWeights(caches?: WeightCaches | null): Promise<WeightListing[]> {
  const cache = await openCache(caches);
  if (!cache) return [];
  const listings: WeightListing[] = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request);
    if (response) listings.push({ url: request.url, ...recorded(response) });
  }
  return listings;
}

/** Forgets one file, or with null all of them. */
export async function deleteWeights(
  url: string | null,
  caches: WeightCaches | null = browserCaches(),
): Promise<void> {
  if (url === null) await caches?.delete(weightCacheName);
  else await (await openCache(caches))?.delete(url);
}
