/** The library: how slots come into it, the scenes that they are of, and every slot in a table. */
import type { Space } from "../../../store/spaceState";
import { Button } from "../../common/Button";
import { ConfirmButton } from "../../common/ConfirmButton";
import { plural } from "../../common/count";
import { ProgressBar } from "../../common/ProgressBar";
import { useActions, useApp } from "../../common/StoreContext";
import { selectNumReady, selectSpace } from "../selectors";
import { View } from "../../common/View";
import { AddGenerated } from "./AddGenerated";
import styles from "./Library.module.css";
import { LibraryScenes } from "./LibraryScenes";
import { SlotTable } from "./SlotTable";

function Filling({ filling }: Pick<Space, "filling">) {
  const actions = useActions();
  switch (filling.status) {
    case "none":
      return null;
    case "failed":
      return <p role="alert">{filling.message}</p>;
    case "done":
      return <p role="status">{plural(filling.result.added, "scene")} added.</p>;
    case "running":
      return (
        <div className={styles.filling} data-testid="filling">
          <ProgressBar
            name="Adding scenes"
            fraction={filling.progress && filling.progress.done / filling.progress.total}
            {...(filling.progress
              ? { amount: `${filling.progress.done} of ${filling.progress.total}` }
              : {})}
          />
          <Button onClick={() => actions.cancelFilling()}>Stop adding</Button>
        </div>
      );
  }
}

function Summary({ library, scenes }: Space) {
  const numSlots = library?.origins.length ?? 0;
  const numDead = library?.origins.filter(({ isDead }) => isDead).length ?? 0;
  return (
    <p data-testid="library-summary" data-slots={numSlots} className={styles.summary}>
      {numSlots === 0
        ? "The library is empty."
        : `${plural(numSlots, "slot")} of ${plural(scenes.length, "scene")}` +
          (numDead > 0 ? `; ${numDead} without pixels to speak of, in no concept.` : ".")}
    </p>
  );
}

const formula = (
  <>
    <i>a</i>
    <sub>nk</sub> = softmax<sub>k</sub>(<i>k</i>(<i>x</i>
    <sub>n</sub>) · <i>q</i>(<i>s</i>
    <sub>k</sub>) ⁄ √<i>D</i>)
  </>
);

export function LibraryView() {
  const space = useApp(selectSpace);
  const numReady = useApp(selectNumReady);
  const isBusy = space.filling.status === "running";
  const actions = useActions();
  return (
    <View
      title="Library of slots"
      mechanism="In each picture the slots compete for the pixels, and each becomes the description of what it wins. All pictures go through the same encoder, so slots of different scenes can be compared, grouped and put together anew."
      formula={formula}
      spoken="a n k equals the softmax over k of the key of x n times the query of s k over the square root of D"
      section="section 3, Slot Attention"
      testId="space-library"
    >
      <Summary {...space} />
      <div className={styles.row}>
        <Button
          tone={space.scenes.length === 0 ? "primary" : "plain"}
          disabled={isBusy || numReady === 0}
          onClick={() => actions.addPageScenes()}
        >
          Add all scenes on the Play page
        </Button>
        <AddGenerated isBusy={isBusy} />
        {space.scenes.length > 0 && (
          <ConfirmButton
            question="Take all scenes out of the library?"
            onConfirm={() => actions.emptyLibrary()}
          >
            Empty the library
          </ConfirmButton>
        )}
      </div>
      <Filling filling={space.filling} />
      <LibraryScenes space={space} />
      <SlotTable space={space} />
    </View>
  );
}
