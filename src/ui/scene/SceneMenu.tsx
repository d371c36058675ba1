/** What can be done with a scene as a whole. */
import { Ellipsis, RotateCcw, Trash2 } from "lucide-react";

import type { Fit } from "../../engine/protocol";
import type { AppState, Scene } from "../../store/state";
import { Button } from "../common/Button";
import { maxSlots } from "../../store/limits";
import { FieldGroup } from "../common/Field";
import { NumberField } from "../common/NumberField";
import { Popover } from "../common/Popover";
import { SeedField } from "../common/SeedField";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";

const fits: readonly { value: Fit; label: string }[] = [
  { value: "crop", label: "Crop" },
  { value: "letterbox", label: "Letterbox" },
];

/** The model's own number of slots, where it draws its first slots and can draw another number of them. */
const selectDrawnSlots = ({ model }: AppState): number | null =>
  model.status === "ready" && model.info.initKind === "gaussian" ? model.info.numSlots : null;

/** How the first slots are drawn. */
function DrawnSlots({ scene, usual }: { scene: Scene; usual: number }) {
  const actions = useActions();
  const { id, letter } = scene;
  return (
    <>
      <FieldGroup name="Seed of the first slots, drawn at random">
        <SeedField
          label={`Slot seed of scene ${letter}`}
          value={scene.slotSeed}
          onChange={(seed) => void actions.setSlotSeed(id, seed)}
        />
      </FieldGroup>
      <FieldGroup name={`Number of slots (usually ${usual})`}>
        <NumberField
          label={`Number of slots of scene ${letter}`}
          value={scene.numSlots ?? usual}
          min={1}
          max={maxSlots}
          onChange={(value) => void actions.setNumSlots(id, value === usual ? null : value)}
        />
      </FieldGroup>
    </>
  );
}

export function SceneMenu({ scene }: { scene: Scene }) {
  const actions = useActions();
  const drawnSlots = useApp(selectDrawnSlots);
  const { id, letter } = scene;
  return (
    <Popover label={`Menu of scene ${letter}`} face={<Ellipsis size={18} aria-hidden="true" />}>
      {scene.source.kind !== "generated" && (
        <FieldGroup name="A picture that is not square">
          <Segmented
            name={`Fit of scene ${letter}`}
            value={scene.fit}
            options={fits}
            onChange={(fit) => void actions.setFit(id, fit)}
          />
        </FieldGroup>
      )}
      {drawnSlots !== null && <DrawnSlots scene={scene} usual={drawnSlots} />}
      <Button
        icon={<RotateCcw size={15} aria-hidden="true" />}
        disabled={scene.isOwnOrder}
        onClick={() => actions.resetSlots(id)}
      >
        Reset slots
      </Button>
      <Button
        tone="danger"
        icon={<Trash2 size={15} aria-hidden="true" />}
        onClick={() => actions.removeScene(id)}
      >
        Remove scene {letter}
      </Button>
    </Popover>
  );
}
