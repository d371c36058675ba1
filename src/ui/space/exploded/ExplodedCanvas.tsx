/** The scene taken apart, in 3-D; fetched when it is first seen. */
import { StageBox } from "../stage/StageBox";
import { createExplodedView, type ExplodedContent } from "./explodedStage";

type ExplodedCanvasProps = { title: string; content: ExplodedContent };

/** From the side, so that the planes are seen one behind the other. */
const viewpoint = [2.3, 0.95, 2.8] as const;

export function ExplodedCanvas({ title, content }: ExplodedCanvasProps) {
  return (
    <StageBox
      label={`${title} in ${content.layers.length} planes`}
      build={createExplodedView}
      viewpoint={viewpoint}
      content={content}
      testId="exploded"
    />
  );
}
