/** Which part of a scrolling box is seen. */
import { useEffect, useState, type RefObject } from "react";

import type { GridView } from "./gridWindow";

const isSame = (a: GridView, b: GridView): boolean =>
  a.scrollTop === b.scrollTop && a.height === b.height && a.width === b.width;

/**
 * Follows the box as it scrolls and as its size changes.
 * @param pace - pixels of scrolling that are told of at once, so that most of it redraws nothing
 */
export function useGridView(box: RefObject<HTMLElement | null>, pace: number): GridView {
  const [view, setView] = useState<GridView>({ scrollTop: 0, height: 0, width: 0 });
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const look = () => {
      const next = {
        scrollTop: Math.floor(element.scrollTop / pace) * pace,
        height: element.clientHeight,
        width: element.clientWidth,
      };
      setView((before) => (isSame(before, next) ? before : next));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [box, pace]);
  return view;
}
