/** The page's store: one slice per noun, joined. */
import { createStore, type StoreApi } from "zustand/vanilla";

import { createCompositionSlice } from "./compositionSlice";
import { createContext } from "./context";
import { createGenerationSlice } from "./generationSlice";
import { createModelSlice } from "./modelSlice";
import { createScenesSlice } from "./scenesSlice";
import { createSeriesSlice } from "./seriesSlice";
import type { Services } from "./services";
import { createShareSlice } from "./shareSlice";
import type { AppState } from "./state";
import { createViewSlice } from "./viewSlice";

/** A store on which nothing has happened yet; `start()` begins. */
export function createAppStore(services: Services): StoreApi<AppState> {
  return createStore<AppState>()((_set, _get, store) => {
    const context = createContext(services, store);
    return {
      ...createScenesSlice(context),
      ...createSeriesSlice(context),
      ...createCompositionSlice(context),
      ...createGenerationSlice(context),
      ...createModelSlice(context),
      ...createViewSlice(context),
      ...createShareSlice(context),
    };
  });
}
