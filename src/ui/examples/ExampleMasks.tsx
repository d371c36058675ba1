/** An example's picture under its masks, its slots, and the rounds of Slot Attention that made them. */
import { useMemo, useState } from "react";

import { sourcePlace } from "../../store/exampleSchema";
import type { Example } from "../../store/exampleState";
import { classNames } from "../common/classNames";
import { MaskLayer } from "../common/MaskLayer";
import { Scrubber } from "../common/Scrubber";
import { useActions, useApp } from "../common/StoreContext";
import { roundMasks } from "../inside/facts";
import { ExampleCrop } from "./ExampleCrop";
import styles from "./Examples.module.css";
import { PartCanvas } from "./PartCanvas";
import { exampleName } from "./swapGrid";

type ExampleMasksProps = {
  example: Example;
  /** The slot under the pointer or focus, here or in the compose grid. */
  lit: number | null;
  onLight: (index: number | null) => void;
};

/** The strength of the fill, here and in the scenes. */
function Opacity() {
  const { opacity, hasFill } = useApp((state) => state.overlay);
  const actions = useActions();
  return (
    <Scrubber
      name="Mask opacity"
      value={hasFill ? Math.round(opacity * 100) : 0}
      min={0}
      max={100}
      words={`${hasFill ? Math.round(opacity * 100) : 0} %`}
      onChange={(value) => actions.setOverlay({ opacity: value / 100, hasFill: true })}
    />
  );
}

type SlotButtonsProps = ExampleMasksProps & {
  solo: number | null;
  onSolo: (index: number) => void;
};

function SlotButtons({ example, lit, onLight, solo, onSolo }: SlotButtonsProps) {
  return (
    <ul className={styles.slots} aria-label={`Slots of ${exampleName(example.facts.sample)}`}>
      {Array.from({ length: example.facts.numSlots }, (_, index) => (
        <li key={index}>
          <button
            type="button"
            className={classNames(styles.slot, lit === index && styles.isLit)}
            aria-label={`Slot ${index + 1} alone`}
            aria-pressed={solo === index}
            data-testid={`example-slot-${index}`}
            onPointerEnter={() => onLight(index)}
            onPointerLeave={() => onLight(null)}
            onFocus={() => onLight(index)}
            onBlur={() => onLight(null)}
            onClick={() => onSolo(index)}
          >
            <ExampleCrop example={example} index={index} />
          </button>
        </li>
      ))}
    </ul>
  );
}

export function ExampleMasks({ example, lit, onLight }: ExampleMasksProps) {
  const [solo, setSolo] = useState<number | null>(null);
  const { facts, attn, pictures } = example;
  const [round, setRound] = useState(facts.rounds);
  const area = facts.attnSize[0] * facts.attnSize[1];
  const masks = useMemo(
    () => roundMasks(attn, facts.numSlots, area, round),
    [attn, facts.numSlots, area, round],
  );
  const toggle = (index: number): void => setSolo(solo === index ? null : index);
  return (
    <section className={styles.panel} aria-labelledby="example-masks">
      <h3 id="example-masks">Masks</h3>
      <p>Point at a slot, or tab to it, to light it; press it to see it alone.</p>
      <div className={styles.square} data-lit={lit ?? ""} data-solo={solo ?? ""}>
        <PartCanvas sheet={pictures} place={sourcePlace(facts)} className={styles.layer} />
        <MaskLayer
          masks={masks}
          size={facts.attnSize}
          {...{ lit, solo, onLight }}
          label={`Masks of ${exampleName(facts.sample)}`}
          testId="example-masks"
          className={styles.layer}
          onChoose={toggle}
        />
      </div>
      <SlotButtons {...{ example, lit, onLight, solo }} onSolo={toggle} />
      <div className={styles.sliders}>
        <Scrubber
          name="Attention round"
          value={round}
          min={1}
          max={facts.rounds}
          words={`${round} of ${facts.rounds}`}
          onChange={setRound}
        />
        <Opacity />
      </div>
    </section>
  );
}
