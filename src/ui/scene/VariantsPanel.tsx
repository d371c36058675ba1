/** The same slots from several seeds, drawn together and shown side by side, to keep one. */
import { Check, Play, X } from "lucide-react";
import { useState } from "react";

import type { Pixels } from "../../engine/protocol";
import type { AppState, Scene, SceneId, VariantsState } from "../../store/state";
import { areVariantsCurrent, variantCounts } from "../../store/variantJobs";
import { whyNotDraw } from "../../store/whyNotDraw";
import { Button } from "../common/Button";
import { PixelsCanvas } from "../common/Canvas";
import { classNames } from "../common/classNames";
import { FieldGroup } from "../common/Field";
import { formatDuration } from "../common/format";
import { ProgressBar } from "../common/ProgressBar";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./VariantsPanel.module.css";

const none: VariantsState = { status: "none" };

/** The page's variants, where they are the scene's. */
const variantsOf =
  (id: SceneId) =>
  ({ variants }: AppState): VariantsState =>
    variants.status !== "none" && variants.sceneId === id ? variants : none;

const counts = variantCounts.map((value) => ({ value, label: String(value) }));

function picturesOf(variants: VariantsState): Pixels[] {
  if (variants.status === "running") return variants.previews;
  return variants.status === "done" ? variants.images : [];
}

type VariantProps = { seed: number; pixels: Pixels | undefined; canKeep: boolean; isDim: boolean };

function Variant({ seed, pixels, canKeep, isDim }: VariantProps) {
  const actions = useActions();
  return (
    <li className={styles.variant}>
      <div className={classNames(styles.square, isDim && styles.isDim)}>
        {pixels && (
          <PixelsCanvas
            pixels={pixels}
            data-testid={`variant-${seed}`}
            role="img"
            aria-label={`Variant with seed ${seed}`}
          />
        )}
      </div>
      <span className={styles.seed}>Seed {seed}</span>
      {canKeep && (
        <Button
          icon={<Check size={14} aria-hidden="true" />}
          aria-label={`Keep the variant with seed ${seed}`}
          onClick={() => actions.keepVariant(seed)}
        >
          Keep
        </Button>
      )}
    </li>
  );
}

function VariantList({ variants }: { variants: VariantsState }) {
  const isCurrent = useApp(areVariantsCurrent);
  if (variants.status === "none" || variants.status === "failed") return null;
  const pictures = picturesOf(variants);
  return (
    <ul className={styles.list} aria-label="Variants">
      {variants.seeds.map((seed, k) => (
        <Variant
          key={seed}
          seed={seed}
          pixels={pictures[k]}
          canKeep={variants.status === "done" && isCurrent}
          isDim={!isCurrent}
        />
      ))}
    </ul>
  );
}

function VariantsStatus({ variants }: { variants: VariantsState }) {
  const isCurrent = useApp(areVariantsCurrent);
  switch (variants.status) {
    case "none":
      return (
        <p>
          The seed of the noise decides what the slots leave open. Each picture is drawn from the
          same slots.
        </p>
      );
    case "failed":
      return <p role="alert">{variants.message}</p>;
    case "running":
      return (
        <ProgressBar
          name={
            variants.step < variants.totalSteps ? "Denoising together" : "Decoding the pictures"
          }
          amount={`${variants.step} of ${variants.totalSteps}`}
          fraction={variants.step / variants.totalSteps}
        />
      );
    case "done":
      return isCurrent ? (
        <p>
          {variants.images.length} pictures in one batch, {formatDuration(variants.elapsedMs)}.
        </p>
      ) : (
        <p>The slots have changed since: draw the variants again to keep one.</p>
      );
  }
}

export function VariantsPanel({ scene: { id, letter } }: { scene: Scene }) {
  const actions = useActions();
  const [count, setCount] = useState<number>(4);
  const variants = useApp(variantsOf(id));
  const reason = useApp((state) => whyNotDraw(state, id));
  return (
    <section
      className={styles.panel}
      aria-label={`Variants of scene ${letter}`}
      data-testid={`variants-${letter}`}
      data-status={variants.status}
    >
      <div className={styles.controls}>
        <FieldGroup name="How many">
          <Segmented name="How many variants" value={count} options={counts} onChange={setCount} />
        </FieldGroup>
        {variants.status === "running" ? (
          <Button icon={<X size={15} aria-hidden="true" />} onClick={() => actions.dropVariants()}>
            Cancel variants
          </Button>
        ) : (
          <Button
            icon={<Play size={15} aria-hidden="true" />}
            disabled={reason !== null}
            onClick={() => void actions.drawVariants(id, count)}
          >
            Draw {count} variants
          </Button>
        )}
      </div>
      <div className={styles.status}>
        <VariantsStatus variants={variants} />
      </div>
      <VariantList variants={variants} />
    </section>
  );
}
