/**
 * Where the tour's target is and where its card goes. Measured before each frame: pictures that load, scrolling, turning a
 * phone and scenes that come and go all move things, and no one event tells of them all.
 */
import { useEffect, useState, type RefObject } from "react";

import type { SceneId } from "../../store/state";
import type { TourPlace } from "../../store/tourSteps";
import { placeCard, type Box, type Place } from "./placeCard";

export type TourLayout = {
  /** Null where the target is not on the page. */
  target: Box | null;
  card: Place;
};

/** The place in the tour's scene, or the first on the page. */
function findTarget(place: TourPlace, sceneId: SceneId | null): Element | null {
  const mark = `[data-tour="${place}"]`;
  const own = sceneId === null ? null : `[data-scene="${CSS.escape(sceneId)}"] ${mark}`;
  return (own !== null && document.querySelector(own)) || document.querySelector(mark);
}

/** In whole pixels; null for what is not shown. */
function boxOf(element: Element | null): Box | null {
  if (!element) return null;
  const { left, top, width, height } = element.getBoundingClientRect();
  if (width === 0) return null;
  const [x, y] = [Math.round(left), Math.round(top)];
  return { left: x, top: y, width: Math.round(width), height: Math.round(height) };
}

function measure(target: Element | null, card: Element): TourLayout {
  const box = boxOf(target);
  const dock = boxOf(document.querySelector('[data-tour="dock"]'));
  const { clientWidth, clientHeight } = document.documentElement;
  const height = Math.min(clientHeight, dock?.top ?? clientHeight);
  const { width, height: cardHeight } = card.getBoundingClientRect();
  return {
    target: box,
    card: placeCard(box, { width, height: cardHeight }, { width: clientWidth, height }),
  };
}

function bringIntoView(target: Element): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  target.scrollIntoView({ block: "center", behavior: isCalm ? "auto" : "smooth" });
}

/** Follows a target, which is brought into view once it is there; null before the first frame. */
export function useTourLayout(
  place: TourPlace,
  sceneId: SceneId | null,
  card: RefObject<HTMLElement | null>,
): TourLayout | null {
  const [layout, setLayout] = useState<TourLayout | null>(null);
  useEffect(() => {
    let frame = 0;
    let shown: Element | null = null;
    let last = "";
    const look = (): void => {
      frame = requestAnimationFrame(look);
      if (!card.current) return;
      const target = findTarget(place, sceneId);
      if (target && !shown) bringIntoView((shown = target));
      const next = measure(target, card.current);
      const text = JSON.stringify(next);
      if (text !== last) setLayout(next);
      last = text;
    };
    frame = requestAnimationFrame(look);
    return () => cancelAnimationFrame(frame);
  }, [place, sceneId, card]);
  return layout;
}
