/** What stands in a 3-D view's place while it is fetched, and where the browser has no WebGL. */
import { Suspense, useState, type ReactNode } from "react";

import styles from "./StageBox.module.css";

/** Whether the browser gives a WebGL 2 context; the one it gave is let go of. */
function hasWebGl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

type LazyStageProps = {
  /** Where the same can be read without 3-D. */
  instead: string;
  children: ReactNode;
};

export function LazyStage({ instead, children }: LazyStageProps) {
  const [isThere] = useState(hasWebGl);
  if (!isThere)
    return (
      <p className={styles.missing} data-testid="no-webgl">
        This browser draws nothing in 3-D here: it has no WebGL 2. {instead}
      </p>
    );
  return (
    <Suspense fallback={<p className={styles.missing}>Opening the view…</p>}>{children}</Suspense>
  );
}
