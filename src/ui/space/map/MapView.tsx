/** The library as a map in three dimensions, and the slot that is picked on it. */
import { lazy, useMemo, useState } from "react";

import { neighboursOf, type DistanceName } from "../../../slotspace/neighbours";
import type { Space, SlotMap } from "../../../store/spaceState";
import { Button } from "../../common/Button";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import { rowOfSlot, selectSpace } from "../selectors";
import { LazyStage } from "../stage/LazyStage";
import { View } from "../../common/View";
import styles from "./Map.module.css";
import type { MapContent } from "./mapStage";
import { numNeighbours, PickedSlot } from "./PickedSlot";

const MapCanvas = lazy(() =>
  import("./MapCanvas").then((module) => ({ default: module.MapCanvas })),
);

const stageNames = { neighbours: "Finding neighbours", layout: "Laying out" } as const;

/** How much of the slots' differences the three axes hold, or how UMAP came to be. */
function mapText(map: SlotMap): string {
  if (map.kind === "pca") {
    const shares = map.explained.map((share) => `${Math.round(100 * share)} %`);
    return `Principal components: the axes hold ${shares.join(", ")} of the variance.`;
  }
  return map.isWhole
    ? "UMAP: near means alike; distances across the map mean little."
    : "UMAP, not finished: the points are where they were when it stopped.";
}

function UmapControls({ space: { map, umap } }: { space: Space }) {
  const actions = useActions();
  if (umap.status === "running") {
    const { progress } = umap;
    return (
      <div className={styles.umap} data-testid="umap-progress">
        <ProgressBar
          name={progress ? stageNames[progress.stage] : "Starting UMAP"}
          fraction={progress && progress.done / progress.total}
          {...(progress ? { amount: `${progress.done} of ${progress.total}` } : {})}
        />
        <Button onClick={() => actions.stopUmap()}>Stop</Button>
      </div>
    );
  }
  return (
    <div className={styles.row}>
      <p data-testid="map-kind" data-kind={map?.kind}>
        {map && mapText(map)}
      </p>
      <Button disabled={!map} onClick={() => void actions.startUmap()}>
        {map?.kind === "umap" ? "Run UMAP again" : "Lay out with UMAP"}
      </Button>
      {map?.kind === "umap" && (
        <Button onClick={() => actions.showPca()}>Principal components</Button>
      )}
    </div>
  );
}

/** What the map shows of slot space as it is; null before there is a map. */
function useMapContent(space: Space, distance: DistanceName): MapContent | null {
  const actions = useActions();
  const { map, scenes, concepts, picked } = space;
  return useMemo(() => {
    if (!map) return null;
    const found = picked ? rowOfSlot(map.library, picked) : -1;
    const row = found < 0 ? null : found;
    const near = row === null ? [] : neighboursOf(row, map.library, { n: numNeighbours, distance });
    return {
      map,
      scenes,
      labels: concepts?.library === map.library ? concepts.labels : null,
      picked: row,
      neighbours: near.map((neighbour) => neighbour.row),
      onPick: (at) => {
        const origin = map.library.origins[at];
        if (origin) actions.pickSlot({ sceneId: origin.sceneId, index: origin.index });
      },
    };
  }, [map, scenes, concepts, picked, distance, actions]);
}

const formula = (
  <>
    <i>y</i> = <b>V</b>
    <sup>T</sup>(<i>s</i> − <i>s̄</i>)
  </>
);

export function MapView() {
  const space = useApp(selectSpace);
  const [distance, setDistance] = useState<DistanceName>("cosine");
  const content = useMapContent(space, distance);
  return (
    <View
      title="Map"
      mechanism="Each disc is a slot, its many numbers brought down to three: principal components keep as much of the differences as three axes can, UMAP keeps neighbours together. Slots that show alike things come to lie close, though nobody told the model what is alike."
      formula={formula}
      spoken="y equals V transposed times s minus the mean slot"
      section="section 3, the slots"
      testId="space-map"
    >
      {space.problem !== null && <p role="alert">{space.problem}</p>}
      {content ? (
        <div className={styles.columns}>
          <div className={styles.column}>
            <LazyStage instead="The table of all slots above picks them too.">
              <MapCanvas content={content} />
            </LazyStage>
            <UmapControls space={space} />
          </div>
          <PickedSlot space={space} distance={distance} onDistance={setDistance} />
        </div>
      ) : (
        <p className={styles.empty}>The map comes with the first two slots in the library.</p>
      )}
    </View>
  );
}
