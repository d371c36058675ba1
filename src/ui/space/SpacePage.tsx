/** The Slot space page: a library of slots of many scenes, seen as a map, as concepts, as new scenes and layer by layer. */
import { useEffect } from "react";

import { useActions, useApp } from "../common/StoreContext";
import { ConceptsView } from "./concepts/ConceptsView";
import { ExplodedView } from "./exploded/ExplodedView";
import { LibraryView } from "./library/LibraryView";
import { MapView } from "./map/MapView";
import { SampleView } from "./sample/SampleView";
import { selectNumReady, selectOtherModel, selectSpace } from "./selectors";
import styles from "./SpacePage.module.css";

/** Slots of two models cannot be compared: said where the library is not of the model in use. */
function OtherModel() {
  const other = useApp(selectOtherModel);
  const model = useApp((state) => selectSpace(state).model);
  if (other === null || !model) return null;
  return (
    <p className={styles.other} data-testid="other-model">
      These slots are of “{model.name}”, and the model in use is “{other}”. They can be looked at;
      adding scenes begins a new library.
    </p>
  );
}

export function SpacePage() {
  const actions = useActions();
  const numReady = useApp(selectNumReady);
  useEffect(() => actions.openSpace(), [actions, numReady]);
  return (
    <main className={styles.main} data-testid="space-page">
      <OtherModel />
      <LibraryView />
      <MapView />
      <ConceptsView />
      <SampleView />
      <ExplodedView />
    </main>
  );
}
