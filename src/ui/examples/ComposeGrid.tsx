/** Every picture that comes of replacing one slot of an example by one of another, or of leaving it out. */
import { Fragment, useId, useRef, useState, type KeyboardEvent } from "react";

import { swapPlace, type Swap } from "../../store/exampleSchema";
import { readyExample } from "../../store/exampleSlice";
import type { Example } from "../../store/exampleState";
import { sentence } from "../../store/sceneNames";
import { Segmented } from "../common/Segmented";
import { useApp } from "../common/StoreContext";
import { ExampleCrop } from "./ExampleCrop";
import styles from "./Examples.module.css";
import { PartCanvas } from "./PartCanvas";
import { exampleName, swapBeside, swapKey, swapRows, swapText } from "./swapGrid";

type ComposeGridProps = {
  example: Example;
  swap: Swap;
  onSwap: (swap: Swap) => void;
  onLight: (index: number | null) => void;
};

type CellProps = ComposeGridProps & {
  cell: Swap;
  group: string;
  onPoint: (swap: Swap | null) => void;
};

/** One picture to choose. */
function Cell({ example, swap, cell, group, onSwap, onLight, onPoint }: CellProps) {
  const { facts, pictures } = example;
  const slot = cell.kind === "own" ? null : (facts.objects[cell.object] ?? null);
  const point = (isOver: boolean): void => {
    onPoint(isOver ? cell : null);
    onLight(isOver ? slot : null);
  };
  return (
    <label
      className={styles.cell}
      data-testid={`swap-${swapKey(cell)}`}
      onPointerEnter={() => point(true)}
      onPointerLeave={() => point(false)}
    >
      <input
        type="radio"
        className="visually-hidden"
        name={group}
        value={swapKey(cell)}
        aria-label={swapText(facts, cell)}
        checked={swapKey(cell) === swapKey(swap)}
        onChange={() => onSwap(cell)}
        onFocus={() => onLight(slot)}
        onBlur={() => onLight(null)}
      />
      <PartCanvas sheet={pictures} place={swapPlace(facts, cell)} />
    </label>
  );
}

/** The slots that come in, one over each column. */
function ColumnHeads({ example, partner }: { example: Example; partner: number }) {
  const { sample = "", objects = [] } = example.facts.partners[partner] ?? {};
  const other = useApp((state) => readyExample(state.examples, sample));
  return (
    <>
      <span className={styles.head}>left out</span>
      {objects.map((slot) => (
        <ExampleCrop key={slot} example={other} index={slot} />
      ))}
    </>
  );
}

type GridProps = Omit<CellProps, "cell" | "group"> & { partner: number };

function Grid({ partner, ...props }: GridProps) {
  const { example, swap, onSwap } = props;
  const group = useId();
  const grid = useRef<HTMLDivElement>(null);
  const rows = swapRows(example.facts, partner);
  const go = (press: KeyboardEvent): void => {
    const next = swapBeside(rows, swap, press.key);
    if (!next) return;
    press.preventDefault(); // the browser's own way is along one line
    onSwap(next);
    grid.current?.querySelector<HTMLInputElement>(`[value="${swapKey(next)}"]`)?.focus();
  };
  return (
    <div
      ref={grid}
      role="radiogroup"
      aria-label="Which slot takes which place"
      className={styles.grid}
      style={{ gridTemplateColumns: `repeat(${(rows[0]?.length ?? 0) + 1}, minmax(0, 1fr))` }}
      onKeyDown={go}
    >
      <Cell {...props} group={group} cell={{ kind: "own" }} />
      <ColumnHeads example={example} partner={partner} />
      {rows.map((cells, object) => (
        <Fragment key={object}>
          <ExampleCrop example={example} index={example.facts.objects[object] ?? 0} />
          {cells.map((cell) => (
            <Cell key={swapKey(cell)} {...props} group={group} cell={cell} />
          ))}
        </Fragment>
      ))}
    </div>
  );
}

export function ComposeGrid(props: ComposeGridProps) {
  const { example, swap, onSwap } = props;
  const { facts, pictures } = example;
  const [partner, setPartner] = useState(0);
  const [pointed, setPointed] = useState<Swap | null>(null);
  const shown = pointed ?? swap;
  const choosePartner = (next: number): void => {
    setPartner(next);
    if (swap.kind === "replaced") onSwap({ kind: "own" }); // its cell is not in the other grid
  };
  return (
    <section className={styles.panel} aria-labelledby="example-compose">
      <h3 id="example-compose">Compose</h3>
      <p>Each row takes a slot of this scene, each column puts another in its place.</p>
      <Segmented
        name="Slots that come in"
        value={partner}
        options={facts.partners.map(({ sample }, value) => ({
          value,
          label: `Slots of ${exampleName(sample)}`,
        }))}
        onChange={choosePartner}
      />
      <div className={styles.compose}>
        <Grid {...props} partner={partner} onPoint={setPointed} />
        <figure className={styles.drawn}>
          <PartCanvas
            sheet={pictures}
            place={swapPlace(facts, shown)}
            label={sentence(swapText(facts, shown))}
            testId="example-picture"
          />
          <figcaption data-testid="example-swap" aria-live="polite">
            {swapText(facts, shown)}
          </figcaption>
        </figure>
      </div>
    </section>
  );
}
