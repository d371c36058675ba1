/** Plans that work, as cards; the one in use is marked until a number of it is changed. */
import { Sparkles } from "lucide-react";

import { presets, type Preset } from "../../../store/presets";
import { classNames } from "../../common/classNames";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Learn.module.css";
import { hasPreset } from "./plan";

function PresetCard({ preset: { id, title, description, plan } }: { preset: Preset }) {
  const isInUse = useApp((state) => hasPreset(state.draft, plan));
  const actions = useActions();
  const isFromScratch = plan.isFromScratch === true;
  return (
    <li>
      <button
        type="button"
        className={classNames(styles.card, isFromScratch && styles.scratch)}
        aria-pressed={isInUse}
        data-testid={`preset-${id}`}
        onClick={() => actions.usePreset(id)}
      >
        <span className={styles.cardTitle}>
          {isFromScratch && <Sparkles size={16} aria-hidden="true" />}
          {title}
        </span>
        <span className={styles.cardText}>{description}</span>
      </button>
    </li>
  );
}

export function PresetCards() {
  return (
    <ul className={styles.cards} aria-label="Presets">
      {presets.map((preset) => (
        <PresetCard key={preset.id} preset={preset} />
      ))}
    </ul>
  );
}
