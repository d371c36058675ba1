/** The tour of the page: four steps, each about one place of the Play page. */
import type { SceneId } from "./state";

export type TourState =
  | { status: "closed" }
  | { status: "offered" }
  /** step: an index of tourSteps. sceneId: the scene that it is about; null means the first. */
  | { status: "running"; step: number; sceneId: SceneId | null };

export type TourSlice = {
  /** Offered at the first visit, until it has been taken or declined. */
  tour: TourState;
  startTour: () => void;
  /** The next step, or the one before; after the last the tour is over. */
  moveTour: (by: 1 | -1) => void;
  /** Skips, declines or ends it; it is not offered again. */
  endTour: () => void;
};
