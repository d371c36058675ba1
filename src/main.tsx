/** Composition root: engine + store + page. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { browserServices } from "./services";
import { onFilesOpened } from "./services/offline";
import { createAppStore } from "./store";
import { App } from "./ui/App";
import { StoreProvider } from "./ui/common/StoreContext";

const root = document.getElementById("root");
if (!root) throw new Error("main: expected an element with id root in index.html.");

const store = createAppStore(browserServices());
createRoot(root).render(
  <StrictMode>
    <StoreProvider store={store}>
      <App />
    </StoreProvider>
  </StrictMode>,
);
const { addFiles, keepOffline, prepareExamples, start } = store.getState();
void prepareExamples().then(start).finally(keepOffline); // what is looked at comes before what takes long

// A link opened in this very tab changes only the hash.
window.addEventListener("hashchange", () => {
  if (window.location.hash.length > 1) void store.getState().openLink(window.location.hash);
});

onFilesOpened((files) => void addFiles(files));
