/** Among the messages: a new version of the page, which comes when the visitor asks for it. */
import { RefreshCw, X } from "lucide-react";

import { Button, IconButton } from "../common/Button";
import { classNames } from "../common/classNames";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./Notices.module.css";

const texts = {
  waiting: "A new version is ready.",
  elsewhere: "Another window has taken a new version. This one is the old one.",
};

export function VersionNotice() {
  const version = useApp((state) => state.version);
  const actions = useActions();
  if (version === "current") return null;
  return (
    <div className={classNames(styles.notice, styles.info)} role="status" data-testid="version">
      <RefreshCw size={18} aria-hidden="true" />
      <p>{texts[version]}</p>
      <Button onClick={() => void actions.takeVersion()}>Reload</Button>
      <IconButton label="Later" onClick={() => actions.dismissVersion()}>
        <X size={16} aria-hidden="true" />
      </IconButton>
    </div>
  );
}
