/** Isolation headers: added where they are missing, and nothing else of an answer changes. */
import { expect, test } from "vitest";

import { isolated } from "./isolation";

const names = ["cross-origin-opener-policy", "cross-origin-embedder-policy"];
const policies = ({ headers }: Response) => names.map((name) => headers.get(name));

test("what is missing is added; status, type and body stay", async () => {
  const headers = { "Content-Type": "text/html" };
  const answer = isolated(new Response("page", { status: 203, statusText: "So", headers }));
  expect(policies(answer)).toEqual(["same-origin", "require-corp"]);
  expect([answer.status, answer.statusText]).toEqual([203, "So"]);
  expect(answer.headers.get("Content-Type")).toBe("text/html");
  expect(await answer.text()).toBe("page");
});

test("what the server says itself stays", () => {
  const headers = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "credentialless",
  };
  const own = new Response("", { headers });
  expect(isolated(own)).toBe(own);
  const half = new Response("", { headers: { "Cross-Origin-Embedder-Policy": "credentialless" } });
  expect(policies(isolated(half))).toEqual(["same-origin", "credentialless"]);
});
