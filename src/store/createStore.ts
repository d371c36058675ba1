/** The page's store: one slice per noun, joined. */
import { createStore, type StoreApi } from "zustand/vanilla";

import { createCommandSlice } from "./commandSlice";
import { createComparisonSlice } from "./comparisonSlice";
import { createCompositionSlice } from "./compositionSlice";
import { createContext } from "./context";
import { createExampleSlice } from "./exampleSlice";
import { createExchangeSlice } from "./exchangeSlice";
import { createGenerationSlice } from "./generationSlice";
import { createInsideSlice } from "./insideSlice";
import { createKeepSlice } from "./keepSlice";
import { createLiveSlice } from "./liveSlice";
import { createMeasureSlice } from "./measureSlice";
import { createModelCardSlice } from "./modelCardSlice";
import { createModelSlice } from "./modelSlice";
import { createOfflineSlice } from "./offlineSlice";
import { createRunsSlice } from "./runsSlice";
import { createScenesSlice } from "./scenesSlice";
import { createSeriesSlice } from "./seriesSlice";
import type { Services } from "./services";
import { createSetsSlice } from "./setsSlice";
import { createShareSlice } from "./shareSlice";
import { createSpaceSlice } from "./spaceSlice";
import type { AppState } from "./state";
import { createTourSlice } from "./tourSlice";
import { createUsageSlice } from "./usageSlice";
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
      ...createSpaceSlice(context),
      ...createSetsSlice(context),
      ...createRunsSlice(context),
      ...createComparisonSlice(context),
      ...createExchangeSlice(context),
      ...createInsideSlice(context),
      ...createMeasureSlice(context),
      ...createLiveSlice(context),
      ...createKeepSlice(context),
      ...createModelCardSlice(context),
      ...createTourSlice(context),
      ...createExampleSlice(context),
      ...createUsageSlice(context),
      ...createCommandSlice(context),
      ...createOfflineSlice(context),
    };
  });
}
