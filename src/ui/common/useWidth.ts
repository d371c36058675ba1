/** The width of an element as it is laid out. */
import { useEffect, useState, type RefObject } from "react";

/** @returns CSS pixels; `before` until it has been laid out */
export function useWidth(element: RefObject<Element | null>, before: number): number {
  const [width, setWidth] = useState(before);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    const observer = new ResizeObserver(() =>
      setWidth(Math.max(1, Math.round(current.clientWidth))),
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
