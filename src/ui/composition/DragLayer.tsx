/** Drag and drop of slots: by mouse, and by touch after a short press so that the page still scrolls. */
import {
  DndContext,
  DragOverlay,
  MouseSensor,
  pointerWithin,
  TouchSensor,
  useSensor,
  useSensors,
  type Active,
  type CollisionDetection,
  type Over,
} from "@dnd-kit/core";
import { useState, type ReactNode } from "react";

import { useActions, type Actions } from "../common/StoreContext";
import { SlotCrop } from "../scene/SlotCrop";
import styles from "./DragLayer.module.css";
import { binId, dropOutcome, isDragData, isDropData, type DragData } from "./dropOutcome";

/** Screen readers hear the store's announcements instead of the library's. */
const silent = {
  announcements: {
    onDragStart: () => undefined,
    onDragOver: () => undefined,
    onDragEnd: () => undefined,
    onDragCancel: () => undefined,
  },
  screenReaderInstructions: { draggable: "" },
};

/** The place under the pointer; the bin lies over all others. */
const findPlace: CollisionDetection = (situation) => {
  const places = pointerWithin(situation);
  const bin = places.find(({ id }) => id === binId);
  return bin ? [bin] : places;
};

function dragOf({ data }: Active): DragData | null {
  const value: unknown = data.current;
  return isDragData(value) ? value : null;
}

function dropOf(over: Over | null) {
  const value: unknown = over?.data.current;
  return isDropData(value) ? value : null;
}

function finishDrag(actions: Actions, drag: DragData, over: Over | null): void {
  const outcome = dropOutcome(drag, dropOf(over));
  if (outcome.kind === "add") actions.addSlot(outcome.sceneId, outcome.slot);
  if (outcome.kind === "remove") {
    actions.removeSlot(outcome.place.sceneId, outcome.place.position);
  }
  if (outcome.kind === "move") {
    actions.moveSlot(outcome.place.sceneId, outcome.place.position, outcome.to);
  }
  if (outcome.kind === "replace") {
    actions.replaceSlot(outcome.place.sceneId, outcome.place.position, outcome.slot);
  }
}

/** Everything inside can hold draggable slots and places to drop them. */
export function DragLayer({ children }: { children: ReactNode }) {
  const actions = useActions();
  const [drag, setDrag] = useState<DragData | null>(null);
  const [isOverBin, setOverBin] = useState(false);
  const sensors = useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 150, tolerance: 8 } }),
  );
  return (
    <DndContext
      sensors={sensors}
      collisionDetection={findPlace}
      accessibility={silent}
      autoScroll={isOverBin ? false : { threshold: { x: 0, y: 0.08 } }} // the bin is near the edge
      onDragOver={({ over }) => setOverBin(over?.id === binId)}
      onDragStart={({ active }) => {
        actions.hold(null);
        setDrag(dragOf(active));
      }}
      onDragCancel={() => setDrag(null)}
      onDragEnd={({ over }) => {
        setDrag(null);
        if (drag) finishDrag(actions, drag, over);
      }}
    >
      {children}
      <DragOverlay dropAnimation={null} className={styles.overlay ?? ""}>
        {drag && (
          <div className={styles.lifted}>
            <SlotCrop slot={drag.slot} />
          </div>
        )}
      </DragOverlay>
    </DndContext>
  );
}
