/**
 * The page without a network: all of its own files, kept when the page has been opened once.
 *
 * Files: one cache a build, named by what is in it. It is filled while the page goes on, and a new build waits until the
 * visitor asks for it or every window is closed: a page never meets files of another build. The engine keeps the models'
 * weights in a cache of its own (checkpoint/cache.ts); requests for them pass by here untouched.
 * Isolation: answers carry the headers that threads of WebAssembly need, for hosts that cannot send them. Such a host's
 * first visit has no threads, the next one has: a reload in between would come under the visitor's hands.
 */
import { PrecacheController, PrecacheRoute } from "workbox-precaching";
import { registerRoute } from "workbox-routing";

import { isolated } from "./isolation";
import { outdatedShells, shellName, type ShellFile } from "./shellNames";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: ShellFile[] };

/** Written in by the build. */
const files = self.__WB_MANIFEST;
const cacheName = shellName(files);

const shell = new PrecacheController({
  cacheName,
  plugins: [{ handlerWillRespond: ({ response }) => Promise.resolve(isolated(response)) }],
});
shell.addToCacheList(files);
registerRoute(new PrecacheRoute(shell, { ignoreURLParametersMatching: [/./] }));

/** A file that only an older build has, for a window that still runs it. */
async function fromOtherBuild(request: Request): Promise<Response> {
  return isolated((await caches.match(request)) ?? (await fetch(request)));
}
const { pathname: site } = new URL(self.registration.scope);
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith(`${site}assets/`),
  ({ request }) => fromOtherBuild(request),
);

/** Forgets other builds, unless another window may still run one of them. */
async function forgetOutdated(): Promise<void> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (windows.length > 1) return;
  const outdated = outdatedShells(await caches.keys(), cacheName);
  await Promise.all(outdated.map((name) => caches.delete(name)));
}

self.addEventListener("install", (install) => void shell.install(install));
self.addEventListener("activate", (activation) => {
  activation.waitUntil(forgetOutdated().then(() => self.clients.claim()));
});

/** From the page: its visitor asks for the new build; or it has opened, in this worker's build. */
self.addEventListener("message", (message) => {
  if (message.data === "take over") void self.skipWaiting();
  if (message.data === "opened") message.waitUntil(forgetOutdated());
});
