/** The box that a stage is in: it can be focused, and listens to keys, presses and buttons. */
import {
  ArrowDown,
  ArrowLeft,
  ArrowRight,
  ArrowUp,
  RotateCcw,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { useEffect, useId, useRef, type KeyboardEvent, type RefObject } from "react";

import { IconButton } from "../../common/Button";
import { useApp } from "../../common/StoreContext";
import { createStage, type Move, type Stage, type StageView, type Viewpoint } from "./stage";
import styles from "./StageBox.module.css";

const keyMoves: Partial<Record<string, Move>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  "+": "closer",
  "=": "closer",
  "-": "further",
  Home: "reset",
};

const buttons = [
  { move: "left", label: "Turn left", Icon: ArrowLeft },
  { move: "right", label: "Turn right", Icon: ArrowRight },
  { move: "up", label: "Look from further up", Icon: ArrowUp },
  { move: "down", label: "Look from further down", Icon: ArrowDown },
  { move: "closer", label: "Closer", Icon: ZoomIn },
  { move: "further", label: "Further away", Icon: ZoomOut },
  { move: "reset", label: "First view", Icon: RotateCcw },
] as const;

/** Pixels that a pointer may move in a press. */
const still = 5;

type Playing<Content> = { stage: Stage; view: StageView<Content> };

/** Builds the stage in the box while the box is on show, and shows what there is to show. */
function usePlaying<Content>(
  host: RefObject<HTMLDivElement | null>,
  { build, viewpoint, content }: Pick<StageBoxProps<Content>, "build" | "viewpoint" | "content">,
): RefObject<Playing<Content> | null> {
  const playing = useRef<Playing<Content> | null>(null);
  useEffect(() => {
    if (!host.current) return;
    const stage = createStage(host.current, {
      viewpoint,
      prepare: () => playing.current?.view.prepare?.(),
    });
    const view = build(stage);
    playing.current = { stage, view };
    return () => {
      playing.current = null;
      view.dispose();
      stage.dispose();
    };
  }, [host, build, viewpoint]);
  useEffect(() => {
    playing.current?.view.show(content);
    playing.current?.stage.invalidate();
  }, [build, viewpoint, content]);
  return playing;
}

type StageBoxProps<Content> = {
  /** What is seen. */
  label: string;
  /** What else can be done here, beside orbiting. */
  hint?: string;
  /** Stable: a new one builds the stage anew. */
  build: (stage: Stage) => StageView<Content>;
  /** Where the camera starts; stable. */
  viewpoint: Viewpoint;
  /** Stable: a new one is shown. */
  content: Content;
  testId: string;
};

export function StageBox<Content>(props: StageBoxProps<Content>) {
  const { label, hint, testId } = props;
  const host = useRef<HTMLDivElement>(null);
  const down = useRef<[x: number, y: number] | null>(null);
  const playing = usePlaying(host, props);
  const help = useId();
  const theme = useApp((state) => state.theme);
  useEffect(() => playing.current?.stage.invalidate(), [playing, theme]);

  const press = (x: number, y: number, element: HTMLElement): void => {
    const from = down.current;
    down.current = null;
    if (!from || Math.hypot(x - from[0], y - from[1]) > still) return;
    const { left, top } = element.getBoundingClientRect();
    playing.current?.view.press?.(x - left, y - top);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = keyMoves[event.key];
    if (move) playing.current?.stage.move(move);
    if (move || playing.current?.view.key?.(event.key)) event.preventDefault();
  };
  return (
    <div className={styles.frame}>
      <div
        ref={host}
        className={styles.box}
        tabIndex={0}
        role="application"
        aria-label={label}
        aria-describedby={help}
        data-testid={testId}
        onKeyDown={key}
        onPointerDown={({ clientX, clientY }) => (down.current = [clientX, clientY])}
        onPointerUp={({ clientX, clientY, currentTarget }) =>
          press(clientX, clientY, currentTarget)
        }
      />
      <div role="group" aria-label={`Camera: ${label}`} className={styles.buttons}>
        {buttons.map(({ move, label: name, Icon }) => (
          <IconButton key={move} label={name} onClick={() => playing.current?.stage.move(move)}>
            <Icon size={16} aria-hidden="true" />
          </IconButton>
        ))}
      </div>
      <p id={help} className={styles.help}>
        Drag to orbit, wheel or pinch to zoom; arrows, + and − do the same, Home goes back. {hint}
      </p>
    </div>
  );
}
