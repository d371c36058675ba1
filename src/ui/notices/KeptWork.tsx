/** What becomes of the visitor's work between visits: brought back, offered, kept; and how to begin afresh. */
import { History, RotateCcw, X } from "lucide-react";

import type { KeptHead } from "../../store/keepState";
import type { AppState } from "../../store/state";
import { Button, IconButton } from "../common/Button";
import { classNames } from "../common/classNames";
import { ConfirmButton } from "../common/ConfirmButton";
import { useActions, useApp } from "../common/StoreContext";
import { timeText } from "./timeText";
import lineStyles from "./KeptWork.module.css";
import styles from "./Notices.module.css";

const selectKeep = ({ keep }: AppState) => keep;

function KeptNote({ text, work }: { text: string; work?: KeptHead | undefined }) {
  const actions = useActions();
  return (
    <div className={classNames(styles.notice, styles.info)} role="status">
      <History size={18} aria-hidden="true" />
      <p>{text}</p>
      {work && <Button onClick={() => void actions.openKept(work.name)}>Open it</Button>}
      <IconButton label="Dismiss" onClick={() => actions.dismissKept()}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

/** Among the messages: work that came back, or that a link came before. */
export function KeptNotice() {
  const { broughtBack, isOffered, others, status } = useApp(selectKeep);
  const [newest] = others;
  if (status === "bringing")
    return (
      <div className={classNames(styles.notice, styles.info)} role="status">
        <History size={18} aria-hidden="true" />
        <p>Bringing back your work…</p>
      </div>
    );
  if (isOffered && newest)
    return <KeptNote text={`Your work from ${timeText(newest.savedAt)} is kept.`} work={newest} />;
  if (broughtBack !== null)
    return <KeptNote text={`Your work from ${timeText(broughtBack)} is back.`} />;
  return null;
}

/** Work of another visit or tab. */
function OtherWork({ name, savedAt }: KeptHead) {
  const actions = useActions();
  const time = timeText(savedAt);
  return (
    <li>
      <span>Work from {time}</span>
      <Button
        tone="quiet"
        aria-label={`Open the work from ${time}`}
        onClick={() => void actions.openKept(name)}
      >
        Open
      </Button>
      <ConfirmButton
        label={`Forget the work from ${time}`}
        question="Forget it? This cannot be undone."
        onConfirm={() => void actions.forgetKept(name)}
      >
        Forget
      </ConfirmButton>
    </li>
  );
}

/** Below the scenes: since when the work is kept, what else is, and the way to begin afresh. */
export function KeptLine() {
  const { others, savedAt } = useApp(selectKeep);
  const actions = useActions();
  if (savedAt === null && others.length === 0) return null;
  return (
    <section className={lineStyles.line} aria-label="Kept work" data-testid="kept-work">
      {savedAt !== null && (
        <>
          <p>Your work is kept in this browser, last on {timeText(savedAt)}.</p>
          <ConfirmButton
            icon={<RotateCcw size={15} aria-hidden="true" />}
            question="Forget these scenes, slots and pictures? This cannot be undone."
            onConfirm={() => void actions.startAfresh()}
          >
            Start afresh
          </ConfirmButton>
        </>
      )}
      {others.length > 0 && (
        <ul aria-label="Other kept work">
          {others.map((work) => (
            <OtherWork key={work.name} {...work} />
          ))}
        </ul>
      )}
    </section>
  );
}
