/** Step 1: the pictures that a model learns from, and those held out to see what it learned. */
import type { Fit } from "../../../engine/protocol";
import { setLimits } from "../../../engine/protocol/sets";
import { useApp } from "../../common/StoreContext";
import { selectSet } from "../selectors";
import { Step } from "../Step";
import { AddingStatus } from "./AddingStatus";
import { AddPictures } from "./AddPictures";
import { PictureGrid } from "./PictureGrid";
import { SetChooser } from "./SetChooser";
import { setSummary } from "./setTexts";
import { SplitFields } from "./SplitFields";

export type FitProps = { fit: Fit; onFit: (fit: Fit) => void };

export function PicturesStep(props: FitProps) {
  const set = useApp(selectSet);
  const isEnough = set !== null && set.pictures.length >= setLimits.fewest;
  return (
    <Step
      number={1}
      title="Pictures"
      purpose="A model learns from your pictures, here in the tab; some are held out, so that you see what it makes of pictures it never saw."
      state={setSummary(set)}
      tone={isEnough ? "good" : "plain"}
    >
      <SetChooser />
      <AddPictures {...props} />
      <AddingStatus />
      {set !== null && set.pictures.length > 0 && (
        <>
          <SplitFields set={set} />
          <PictureGrid key={set.id} set={set} />
        </>
      )}
    </Step>
  );
}
