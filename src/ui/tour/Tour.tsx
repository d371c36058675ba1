/** The tour while it runs; behind another page it waits. Its card comes when it is first started. */
import { lazy, Suspense } from "react";

import { useApp } from "../common/StoreContext";

const TourCard = lazy(() => import("./TourCard").then((module) => ({ default: module.TourCard })));

export function Tour() {
  const tour = useApp((state) => state.tour);
  const isPlay = useApp((state) => state.page === "play");
  if (tour.status !== "running" || !isPlay) return null;
  return (
    <Suspense fallback={null}>
      <TourCard tour={tour} />
    </Suspense>
  );
}
