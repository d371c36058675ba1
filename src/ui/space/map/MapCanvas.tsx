/** The map in 3-D; fetched when it is first seen. */
import { StageBox } from "../stage/StageBox";
import { createMapView, type MapContent } from "./mapStage";

/** A little from the right and above. */
const viewpoint = [1.2, 0.9, 3.4] as const;

export function MapCanvas({ content }: { content: MapContent }) {
  const { length } = content.map.library.origins;
  return (
    <StageBox
      label={`Map of ${length} slots`}
      hint="Press a disc to pick its slot; Enter picks the one in the middle, [ and ] the one before and after."
      build={createMapView}
      viewpoint={viewpoint}
      content={content}
      testId="slot-map"
    />
  );
}
