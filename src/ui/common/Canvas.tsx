/** Canvases that are drawn in effects, and only when what they show has changed. */
import { useEffect, useRef, useState, type ComponentPropsWithoutRef, type RefObject } from "react";

import type { Pixels } from "../../engine/protocol";

/** Draws a square picture of `size` device pixels. */
export type Draw = (context: CanvasRenderingContext2D, size: number) => void;

type CanvasProps = Omit<ComponentPropsWithoutRef<"canvas">, "width" | "height"> & {
  draw: Draw;
  /** The largest side in device pixels, where each of them costs. */
  maxSize?: number;
  /** The drawing reads its pixels back. */
  isRead?: boolean;
};

/** The canvas's side in device pixels; 0 until it has been laid out. */
function useDeviceSize(canvas: RefObject<HTMLCanvasElement | null>, maxSize: number): number {
  const [size, setSize] = useState(0);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) return;
    const observer = new ResizeObserver(() =>
      setSize(Math.min(maxSize, Math.round(element.clientWidth * devicePixelRatio))),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [canvas, maxSize]);
  return size;
}

/** A square canvas as sharp as the screen; `draw` is kept stable by the caller (useCallback). */
export function Canvas({ draw, maxSize = 1024, isRead = false, ...rest }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useDeviceSize(canvas, maxSize);
  useEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: isRead });
    if (size === 0 || !context) return;
    context.clearRect(0, 0, size, size);
    draw(context, size);
  }, [draw, size, isRead]);
  return <canvas {...rest} ref={canvas} width={size} height={size} />;
}

type PixelsCanvasProps = ComponentPropsWithoutRef<"canvas"> & { pixels: Pixels };

/** A picture at its own resolution; CSS scales it. */
export function PixelsCanvas({ pixels, ...rest }: PixelsCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { data, width, height } = pixels;
    canvas.current?.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  }, [pixels]);
  return <canvas {...rest} ref={canvas} width={pixels.width} height={pixels.height} />;
}
