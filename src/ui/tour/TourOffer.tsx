/** The tour, offered at the first visit: a line that goes when it is answered. */
import { useLayoutEffect, useRef } from "react";

import { tourSteps } from "../../store/tourSteps";
import { Button } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import { focusTourButton } from "./focusTourButton";
import styles from "./Tour.module.css";

function Offer() {
  const actions = useActions();
  const bar = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    const element = bar.current;
    return () => {
      if (element?.contains(document.activeElement)) focusTourButton();
    };
  }, []);
  return (
    <section ref={bar} className={styles.offer} aria-label="Tour">
      <p>
        <strong>New here?</strong> A tour of {tourSteps.length} steps shows how it works.
      </p>
      <Button tone="primary" onClick={() => actions.startTour()}>
        Start the tour
      </Button>
      <Button tone="quiet" onClick={() => actions.endTour()}>
        No thanks
      </Button>
    </section>
  );
}

export function TourOffer() {
  const isOffered = useApp((state) => state.tour.status === "offered");
  return isOffered ? <Offer /> : null;
}
