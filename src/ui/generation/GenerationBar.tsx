/** How pictures are drawn from slots, and drawing them all; stays at the bottom of the window. */
import { ChevronUp, Play, Redo2, Undo2 } from "lucide-react";
import { useState } from "react";

import type { AppState } from "../../store/state";
import { whyNotDraw } from "../../store/whyNotDraw";
import { Button, IconButton } from "../common/Button";
import { Check } from "../common/Field";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./GenerationBar.module.css";
import { samplerTitles } from "../../store/titles";
import { Settings } from "./Settings";

const selectCanGenerate = (state: AppState) =>
  state.scenes.some(({ id }) => whyNotDraw(state, id) === null);

function History() {
  const canUndo = useApp((state) => state.canUndo);
  const canRedo = useApp((state) => state.canRedo);
  const actions = useActions();
  return (
    <div className={styles.history}>
      <IconButton label="Undo" disabled={!canUndo} onClick={() => actions.undo()}>
        <Undo2 size={18} aria-hidden="true" />
      </IconButton>
      <IconButton label="Redo" disabled={!canRedo} onClick={() => actions.redo()}>
        <Redo2 size={18} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** Draws every scene that can be drawn. */
function GenerateAll() {
  const canGenerate = useApp(selectCanGenerate);
  const scenes = useApp((state) => state.scenes);
  const actions = useActions();
  return (
    <Button
      tone="primary"
      disabled={!canGenerate}
      icon={<Play size={15} aria-hidden="true" />}
      onClick={() => scenes.forEach(({ id }) => void actions.generate(id))}
    >
      Generate all
    </Button>
  );
}

/** On a phone: the settings in a few words, and the button that opens them. */
function Summary({ isOpen, onToggle }: { isOpen: boolean; onToggle: () => void }) {
  const { sampler, steps, seed } = useApp((state) => state.settings);
  return (
    <button
      type="button"
      className={styles.summary}
      aria-expanded={isOpen}
      aria-controls="generation-settings"
      onClick={onToggle}
    >
      <ChevronUp size={16} aria-hidden="true" />
      <span>
        <span>{samplerTitles[sampler]},</span>
        <span>
          {steps} steps, seed {seed}
        </span>
      </span>
    </button>
  );
}

export function GenerationBar() {
  const [isOpen, setOpen] = useState(false);
  const isAutomatic = useApp((state) => state.isAutomatic);
  const actions = useActions();
  return (
    <section className={styles.bar} aria-label="Generation" data-open={isOpen}>
      <Summary isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
      <div id="generation-settings" className={styles.settings}>
        <Settings />
        <Check
          name="Generate after each edit"
          isChecked={isAutomatic}
          onChange={(is) => actions.setAutomatic(is)}
        />
      </div>
      <History />
      <GenerateAll />
    </section>
  );
}
