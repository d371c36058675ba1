/** What can be done with a scene as a whole. */
import { Ellipsis, RotateCcw, Trash2 } from "lucide-react";

import type { Fit } from "../../engine/protocol";
import type { AppState, Scene } from "../../store/state";
import { Button } from "../common/Button";
import { FieldGroup } from "../common/Field";
import { Popover } from "../common/Popover";
import { SeedField } from "../common/SeedField";
import { Segmented } from "../common/Segmented";
import { useActions, useApp } from "../common/StoreContext";

const fits: readonly { value: Fit; label: string }[] = [
  { value: "crop", label: "Crop" },
  { value: "letterbox", label: "Letterbox" },
];

const selectDrawsSlots = ({ model }: AppState) =>
  model.status === "ready" && model.info.initKind === "gaussian";

export function SceneMenu({ scene }: { scene: Scene }) {
  const actions = useActions();
  const drawsSlots = useApp(selectDrawsSlots);
  const { id, letter } = scene;
  return (
    <Popover label={`Menu of scene ${letter}`} face={<Ellipsis size={18} aria-hidden="true" />}>
      <FieldGroup name="A picture that is not square">
        <Segmented
          name={`Fit of scene ${letter}`}
          value={scene.fit}
          options={fits}
          onChange={(fit) => void actions.setFit(id, fit)}
        />
      </FieldGroup>
      {drawsSlots && (
        <FieldGroup name="Seed of the first slots, drawn at random">
          <SeedField
            label={`Slot seed of scene ${letter}`}
            value={scene.slotSeed}
            onChange={(seed) => void actions.setSlotSeed(id, seed)}
          />
        </FieldGroup>
      )}
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
