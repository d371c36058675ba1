/** The tour: offered once, started again at will; it watches what the visitor does and blocks nothing. */
import type { StoreContext } from "./context";
import { recall, remember } from "./remembered";
import type { SceneId } from "./state";
import type { TourSlice } from "./tourState";
import { spokenStep, stepAfter, tourSteps } from "./tourSteps";

/** @param said - what the visitor is told besides, such as what they have just done */
function goTo({ store }: StoreContext, step: number, sceneId: SceneId | null, said = ""): void {
  const announcement = `${said} ${spokenStep(step)}`.trimStart();
  store.setState({ tour: { status: "running", step, sceneId }, announcement });
}

/** Moves on where the visitor has done what the step is about. */
function follow(context: StoreContext): void {
  context.store.subscribe((now, before) => {
    const { tour } = now;
    if (tour.status !== "running" || tour !== before.tour) return;
    const next = stepAfter(tour.step, now, before);
    const said = now.announcement === before.announcement ? "" : now.announcement;
    if (next) goTo(context, next.step, next.sceneId ?? tour.sceneId, said);
  });
}

/** The tour's state and actions. */
export function createTourSlice(context: StoreContext): TourSlice {
  const { services, store } = context;
  follow(context);
  return {
    tour: { status: recall(services.storage, "hasSeenTour") === true ? "closed" : "offered" },
    startTour: () => {
      store.getState().setPage("play");
      goTo(context, 0, null);
    },
    moveTour: (by) => {
      const { tour, endTour } = store.getState();
      if (tour.status !== "running") return;
      const step = Math.max(0, tour.step + by);
      if (step === tourSteps.length) endTour();
      else goTo(context, step, tour.sceneId);
    },
    endTour: () => {
      const { tour } = store.getState();
      if (tour.status === "closed") return;
      remember(services.storage, "hasSeenTour", true);
      const announcement = tour.status === "running" ? "The tour is over." : "";
      store.setState({ tour: { status: "closed" }, announcement });
    },
  };
}
