/** A seed: typed, or thrown anew. */
import { Dices } from "lucide-react";

import { IconButton } from "./Button";
import { NumberField } from "./NumberField";

type SeedFieldProps = { label: string; value: number; onChange: (seed: number) => void };

/** @returns a new seed, 0..999999: short enough to read out */
const drawSeed = (): number => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 1_000_000;

export function SeedField({ label, value, onChange }: SeedFieldProps) {
  return (
    <>
      <NumberField
        label={label}
        value={value}
        min={0}
        max={2 ** 32 - 1}
        onChange={onChange}
        width="104px"
      />
      <IconButton
        tone="plain"
        label={`New ${label.toLowerCase()}`}
        onClick={() => onChange(drawSeed())}
      >
        <Dices size={16} aria-hidden="true" />
      </IconButton>
    </>
  );
}
