/** Messages to the visitor: errors stay until they are dismissed. And what a screen reader hears. */
import { CircleAlert, Info, X } from "lucide-react";

import type { Notice } from "../../store/state";
import { IconButton } from "../common/Button";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import { KeptNotice } from "./KeptWork";
import styles from "./Notices.module.css";
import { VersionNotice } from "./VersionNotice";

function NoticeLine({ notice: { id, tone, text } }: { notice: Notice }) {
  const actions = useActions();
  const Icon = tone === "error" ? CircleAlert : Info;
  return (
    <div
      className={classNames(styles.notice, styles[tone])}
      role={tone === "error" ? "alert" : "status"}
    >
      <Icon size={18} aria-hidden="true" />
      <p>{text}</p>
      <IconButton label="Dismiss" onClick={() => actions.dismiss(id)}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}

export function Notices() {
  const notices = useApp((state) => state.notices);
  return (
    <div className={styles.notices}>
      <KeptNotice />
      <VersionNotice />
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

/** What changed, in words: "Slot 3 of scene B replaced slot 5 of scene A." */
export function LiveRegion() {
  const announcement = useApp((state) => state.announcement);
  return (
    <p className="visually-hidden" role="status" aria-live="polite" data-testid="announcement">
      {announcement}
    </p>
  );
}
