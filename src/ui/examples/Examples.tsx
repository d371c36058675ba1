/** Scenes that the model took apart and drew beforehand: all there is to explore before its weights have come. */
import { useLayoutEffect, useRef, useState } from "react";

import { exampleIds, type ExampleFacts, type Swap } from "../../store/exampleSchema";
import type { Example, ExampleEntry } from "../../store/exampleState";
import { sentence } from "../../store/sceneNames";
import { Button } from "../common/Button";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import { samplerTitles } from "../../store/titles";
import { ComposeGrid } from "./ComposeGrid";
import { ExampleMasks } from "./ExampleMasks";
import { modelNews } from "./exampleNews";
import styles from "./Examples.module.css";
import { ExampleSteps } from "./ExampleSteps";
import { exampleName } from "./swapGrid";

const own: Swap = { kind: "own" };
const options = exampleIds.map((id) => ({ value: id, label: sentence(exampleName(id)) }));

/** Which weights made the pictures, and how. */
function Recipe({ facts: { model, settings, slotSeed } }: { facts: ExampleFacts }) {
  const { sampler, steps, seed } = settings;
  return (
    <p className={styles.recipe} title={`SHA-256 of the weights: ${model.sha256}`}>
      {model.title}, weights <code>{model.sha256.slice(0, 8)}</code>; {samplerTitles[sampler]},{" "}
      {steps} steps, seed {seed}; initial slots of seed {slotSeed}.
    </p>
  );
}

/** How things stand with the model, and the way on once there is one. */
function Onwards({ id, swap, isThere }: { id: string; swap: Swap; isThere: boolean }) {
  const actions = useActions();
  const device = useApp((state) => state.device);
  const model = useApp((state) => state.model);
  const choices = useApp((state) => state.choices);
  const { text, canOpen } = modelNews({ device, model, choices });
  return (
    <>
      <Button
        tone="primary"
        disabled={!canOpen || !isThere}
        onClick={() => void actions.openExample(id, swap)}
      >
        Open in the playground
      </Button>
      <p className={styles.news} data-testid="example-news">
        {text}
      </p>
    </>
  );
}

type ChosenSwap = { swap: Swap; onSwap: (swap: Swap) => void };

function ExampleView({ example, ...chosen }: ChosenSwap & { example: Example }) {
  const [lit, setLit] = useState<number | null>(null);
  return (
    <>
      <div className={styles.panels} data-testid="example">
        <ExampleMasks {...{ example, lit }} onLight={setLit} />
        <ComposeGrid {...{ example, ...chosen }} onLight={setLit} />
        <ExampleSteps example={example} />
      </div>
      <Recipe facts={example.facts} />
    </>
  );
}

function Entry({ entry, ...chosen }: ChosenSwap & { entry: ExampleEntry | undefined }) {
  if (entry?.status === "ready")
    return <ExampleView key={entry.example.facts.sample} example={entry.example} {...chosen} />;
  return (
    <p className={styles.wait}>
      {entry?.status === "failed"
        ? `This example could not be fetched: ${entry.message}`
        : "The example is on its way…"}
    </p>
  );
}

/** When what it holds folds away with the focus in it, the focus goes to the line that opens it again. */
function useFocusBack() {
  const body = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = body.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      element.closest("details")?.querySelector("summary")?.focus({ preventScroll: true });
    };
  }, []);
  return body;
}

function Chooser() {
  const actions = useActions();
  const body = useFocusBack();
  const chosen = useApp((state) => state.examples.chosen);
  const entry = useApp(({ examples }) => examples.entries[examples.chosen]);
  const [swap, setSwap] = useState<Swap>(own);
  const choose = (id: string): void => {
    setSwap(own);
    actions.showExample(id);
  };
  return (
    <div ref={body}>
      <p className={styles.intro}>
        A small model has taken these three scenes apart and drawn every picture here beforehand, so
        that you can look around while it loads.
      </p>
      <div className={styles.bar}>
        <Segmented name="Example" value={chosen} {...{ options }} onChange={choose} />
        <Onwards id={chosen} {...{ swap }} isThere={entry?.status === "ready"} />
      </div>
      <Entry {...{ entry, swap }} onSwap={setSwap} />
    </div>
  );
}

export function Examples() {
  const actions = useActions();
  const isOpen = useApp((state) => state.examples.isOpen);
  return (
    <details
      className={styles.examples}
      open={isOpen}
      data-testid="examples"
      onToggle={({ currentTarget }) => actions.setExamplesOpen(currentTarget.open)}
    >
      <summary>
        <h2>Examples, computed beforehand</h2>
      </summary>
      {isOpen && <Chooser />}
    </details>
  );
}
