/** The headers that isolate a page from other origins, on answers of a server that cannot send them. */

const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** The same answer, isolated: threads of WebAssembly need it of the page and of its workers. */
export function isolated(response: Response): Response {
  const missing = Object.entries(isolation).filter(([name]) => !response.headers.has(name));
  if (missing.length === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of missing) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
