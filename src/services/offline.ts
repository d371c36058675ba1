/** The service worker (src/sw) as the page sees it: it keeps the site's files, and tells of a new version. */
import type { OfflineShell } from "../store/services";

/** Null where this browser has no service workers, such as on a page that is not secure. */
export function browserOffline(): OfflineShell | null {
  if (!("serviceWorker" in navigator)) return null;
  const workers = navigator.serviceWorker;
  let registration: ServiceWorkerRegistration | null = null;
  let isTaking = false;

  return {
    keep: async (onNews) => {
      let isControlled = workers.controller !== null;
      workers.addEventListener("controllerchange", () => {
        if (isTaking) window.location.reload();
        else if (isControlled) onNews("elsewhere");
        isControlled = true;
      });
      const found = await workers.register("./serviceWorker.js");
      registration = found;
      const look = (): void => {
        if (found.waiting && found.active) onNews("waiting");
      };
      const follow = (): void => found.installing?.addEventListener("statechange", look);
      look();
      follow();
      found.addEventListener("updatefound", follow);
      workers.controller?.postMessage("opened");
    },
    takeNewest: () => {
      isTaking = true;
      if (registration?.waiting) registration.waiting.postMessage("take over");
      else window.location.reload();
    },
  };
}

/** Files that the operating system opens with the installed page; calls back for each lot. */
export function onFilesOpened(take: (files: File[]) => void): void {
  window.launchQueue?.setConsumer(({ files }) => {
    void Promise.all(files.map((handle) => handle.getFile())).then((opened) => {
      if (opened.length > 0) take(opened);
    });
  });
}

/** https://developer.mozilla.org/en-US/docs/Web/API/LaunchQueue: not in TypeScript's library yet. */
type LaunchQueue = {
  setConsumer: (take: (launch: { files: readonly FileSystemFileHandle[] }) => void) => void;
};
declare global {
  interface Window {
    launchQueue?: LaunchQueue;
  }
}
