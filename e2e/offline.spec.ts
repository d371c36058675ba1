/** The page after its first visit: without a network, installed, in a new version, and with threads on a plain host. */
import type { Page } from "@playwright/test";

import { expect, goTo, openPlayground, test as base, waitForSlots } from "./playground";
import { startPlainHost, type PlainHost } from "./plainHost";

const test = base.extend<{ host: PlainHost }>({
  host: async ({ browserName: _browser }, use) => {
    const host = await startPlainHost();
    await use(host);
    await host.stop();
  },
  baseURL: async ({ host }, use) => use(host.url),
});
test.use({ serviceWorkers: "allow" });

const weights = "models/clevr64/weights.safetensors";
const shellPattern = /^slotdiffusion-shell-[0-9a-f]{8}$/;

/** Names of the site's caches, in order of the alphabet. */
const cacheNames = (page: Page): Promise<string[]> =>
  page.evaluate(async () => (await caches.keys()).sort());

/** Paths that a cache holds. */
const cached = (page: Page, name: string): Promise<string[]> =>
  page.evaluate(async (name) => {
    const requests = await (await caches.open(name)).keys();
    return requests.map(({ url }) => new URL(url).pathname);
  }, name);

const isIsolated = (page: Page): Promise<boolean> =>
  page.evaluate(() => window.crossOriginIsolated);

/** Waits until the page is kept; resolves with the name of the cache that holds it. */
async function waitForShell(page: Page): Promise<string> {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  const names = await cacheNames(page);
  const shell = names.find((name) => shellPattern.test(name));
  if (shell === undefined) throw new Error(`no shell among the caches ${names.join(", ")}`);
  return shell;
}

test("after the first visit the page opens and encodes without a network", async ({
  page,
  context,
  host,
}) => {
  await openPlayground(page, "wasm", "./");
  expect(await isIsolated(page)).toBe(false); // the host sends no headers, and nothing reloads under the visitor
  const shell = await waitForShell(page);
  expect(await cacheNames(page)).toEqual([shell, "slotdiffusion-weights-v1"]);
  const paths = await cached(page, shell);
  for (const file of ["index.html", "samples/00.png", "models/clevr64/config.json"])
    expect(paths).toContain(`/playground/${file}`);
  expect(paths.filter((path) => path.endsWith(".wasm"))).toHaveLength(3);
  expect(paths).not.toContain(`/playground/${weights}`);
  expect(await cached(page, "slotdiffusion-weights-v1")).toEqual([`/playground/${weights}`]);

  await host.stop();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByTestId("model-status")).toHaveAttribute("data-status", "ready", {
    timeout: 120_000,
  });
  await expect(page.getByTestId("model-status")).toContainText("from this browser’s cache");
  expect(await isIsolated(page)).toBe(true); // the worker sends the headers
  await page.getByRole("button", { name: "Add sample 05" }).click();
  await waitForSlots(page, "C");
  await goTo(page, "Slot space"); // code that the first visit did not need
  await expect(page.getByRole("heading", { level: 2 }).first()).toBeVisible();
});

test("a browser may install it", async ({ page }) => {
  await page.goto("./");
  const session = await page.context().newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  expect(errors).toEqual([]);
  expect(JSON.parse(data ?? "")).toMatchObject({ short_name: "SlotDiffusion", start_url: "./" });
  const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]); // as every story is
});

/** Stands in for the system, which hands files over only to an installed page. */
function launchWithPicture(): void {
  const getFile = async (): Promise<File> =>
    new File([await (await fetch("samples/07.png")).blob()], "opened.png", { type: "image/png" });
  type Take = (launch: { files: { getFile: () => Promise<File> }[] }) => void;
  const launchQueue = { setConsumer: (take: Take) => take({ files: [{ getFile }] }) };
  Object.defineProperty(window, "launchQueue", { value: launchQueue });
}

test("installed, it opens pictures", async ({ page }) => {
  await page.addInitScript(launchWithPicture);
  await openPlayground(page, "wasm", "./");
  await expect(page.getByText("opened", { exact: true })).toBeVisible();
});

/** Opens the page without a model: versions do not depend on it. */
async function openWithoutModel(page: Page): Promise<string> {
  await page.goto("./");
  const status = page.getByTestId("model-status");
  await expect(status).toHaveAttribute("data-status", "failed", { timeout: 60_000 });
  return waitForShell(page);
}

/** Marks a page, to see later whether it was reloaded. */
const mark = (page: Page) => page.evaluate(() => void (document.title = "marked"));

const lookForVersion = (page: Page) =>
  page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));

test("a new version waits until it is asked for, and takes the place of the old one", async ({
  page,
  context,
  host,
  watched,
}) => {
  watched.allow(/404/); // the weights
  host.change(weights, () => null);
  const old = await openWithoutModel(page);
  const other = await context.newPage();
  await openWithoutModel(other);
  await mark(page);
  await mark(other);
  await expect(page.getByTestId("version")).toHaveCount(0);

  let revision = "";
  host.change("serviceWorker.js", (text) =>
    text.replace(/(revision"?:["`])([0-9a-f]{16})/, (_all, before: string, now: string) => {
      revision = now;
      return `${before}${"0".repeat(16)}`;
    }),
  );
  await lookForVersion(page);
  await expect(page.getByTestId("version")).toContainText("A new version is ready.");
  expect(revision).not.toBe("");
  await expect(other.getByTestId("version")).toContainText("A new version is ready.");
  expect((await cacheNames(page)).filter((name) => shellPattern.test(name))).toHaveLength(2);
  expect([await page.title(), await other.title()]).toEqual(["marked", "marked"]);

  await page.getByTestId("version").getByRole("button", { name: "Reload" }).click();
  await expect(page).toHaveTitle("SlotDiffusion Playground");
  await expect(other.getByTestId("version")).toContainText("Another window has taken");
  expect(await other.title()).toBe("marked"); // nobody reloads it but its visitor
  expect(await cacheNames(page)).toContain(old); // it may still ask for its own files

  await other.close();
  await page.evaluate(() => caches.open("slotdiffusion-shell-00000000"));
  await page.reload();
  await expect
    .poll(async () => (await cacheNames(page)).filter((name) => shellPattern.test(name)))
    .toHaveLength(1);
  expect(await cacheNames(page)).not.toContain(old);
  await expect(page.getByTestId("version")).toHaveCount(0);
});
