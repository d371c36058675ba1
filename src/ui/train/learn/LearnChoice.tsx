/** Slots, cross-attention, everything or the VQ-VAE first: radio buttons, each explained in a line. */
import { useId } from "react";

import { learnNames, type Learn } from "../../../engine/protocol/training";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Learn.module.css";
import { learnTexts, withLearn } from "./plan";

function LearnOption({ learn, group }: { learn: Learn; group: string }) {
  const isChosen = useApp((state) => state.draft.learn === learn);
  const draft = useApp((state) => state.draft);
  const actions = useActions();
  const text = useId();
  return (
    <label className={styles.option}>
      <input
        type="radio"
        name={group}
        checked={isChosen}
        aria-describedby={text}
        onChange={() => actions.planRun(withLearn(draft, learn))}
      />
      <span>
        <strong>{learnTexts[learn].title}</strong>
        <span id={text}>{learnTexts[learn].text}</span>
      </span>
    </label>
  );
}

export function LearnChoice() {
  const group = useId();
  return (
    <fieldset className={styles.options}>
      <legend className="visually-hidden">What learns</legend>
      {learnNames.map((learn) => (
        <LearnOption key={learn} learn={learn} group={group} />
      ))}
    </fieldset>
  );
}
