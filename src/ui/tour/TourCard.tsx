/** One step of the tour: a ring around its target and a card beside it. The page stays usable under both. */
import { useEffect, useLayoutEffect, useRef, type KeyboardEvent } from "react";

import type { TourState } from "../../store/tourState";
import { tourSteps } from "../../store/tourSteps";
import { Button } from "../common/Button";
import { useActions, useApp } from "../common/StoreContext";
import { focusTourButton } from "./focusTourButton";
import styles from "./Tour.module.css";
import { useTourLayout } from "./useTourLayout";

/** Pixels that the ring stands off. */
const margin = 5;

/** Takes the focus when the tour starts, and hands it on when it ends with the focus inside. */
function useCardFocus() {
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = card.current;
    element?.focus({ preventScroll: true });
    return () => {
      if (element?.contains(document.activeElement)) focusTourButton();
    };
  }, []);
  return card;
}

/** Escape ends the tour, unless something nearer to the visitor takes it: a dialog, or a slot in hand. */
function useEscape(): void {
  const actions = useActions();
  const isHolding = useApp((state) => state.held !== null);
  useEffect(() => {
    if (isHolding) return;
    const leave = (key: globalThis.KeyboardEvent): void => {
      if (key.key !== "Escape" || key.defaultPrevented) return;
      if (!document.querySelector("dialog[open]")) actions.endTour();
    };
    window.addEventListener("keydown", leave);
    return () => window.removeEventListener("keydown", leave);
  }, [actions, isHolding]);
}

type RunningTour = Extract<TourState, { status: "running" }>;

export function TourCard({ tour: { step, sceneId } }: { tour: RunningTour }) {
  const actions = useActions();
  const card = useCardFocus();
  useEscape();
  const { place = "pictures", title = "", text = "" } = tourSteps[step] ?? {};
  const layout = useTourLayout(place, sceneId, card);
  const isLast = step === tourSteps.length - 1;

  const onKeyDown = (key: KeyboardEvent): void => {
    if (key.key === "ArrowRight" && !isLast) actions.moveTour(1);
    if (key.key === "ArrowLeft") actions.moveTour(-1);
  };
  const target = layout?.target;
  return (
    <>
      {target && (
        <div
          className={styles.ring}
          data-testid="tour-ring"
          style={{
            translate: `${target.left - margin}px ${target.top - margin}px`,
            inlineSize: target.width + 2 * margin,
            blockSize: target.height + 2 * margin,
          }}
        />
      )}
      <div
        ref={card}
        className={styles.card}
        role="dialog"
        aria-labelledby="tour-title"
        aria-describedby="tour-text"
        data-testid="tour"
        tabIndex={-1}
        style={layout ? { translate: `${layout.card.left}px ${layout.card.top}px` } : {}}
        onKeyDown={onKeyDown}
      >
        <div className={styles.top}>
          <span>
            Step {step + 1} of {tourSteps.length}
          </span>
          <Button tone="quiet" title="Escape does the same" onClick={() => actions.endTour()}>
            Skip the tour
          </Button>
        </div>
        <h2 id="tour-title">{title}</h2>
        <p id="tour-text">{text}</p>
        {layout && !target && <p>It will be here when there is a scene: add a picture.</p>}
        <div className={styles.buttons}>
          <Button disabled={step === 0} onClick={() => actions.moveTour(-1)}>
            Back
          </Button>
          <Button tone="primary" onClick={() => actions.moveTour(1)}>
            {isLast ? "Done" : "Next"}
          </Button>
        </div>
      </div>
    </>
  );
}
