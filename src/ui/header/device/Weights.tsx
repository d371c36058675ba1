/** The weights that this browser keeps, and how to be rid of them. */
import { Trash2 } from "lucide-react";

import { Button, IconButton } from "../../common/Button";
import { formatBytes } from "../../common/format";
import { useActions, useApp } from "../../common/StoreContext";
import styles from "./Device.module.css";
import { Section } from "./Section";

const fileName = (url: string) => url.split("/").slice(-2).join("/");

export function Weights() {
  const weights = useApp((state) => state.cachedWeights);
  const actions = useActions();
  const deleteAll = weights.length > 1 && (
    <Button tone="danger" onClick={() => void actions.deleteWeights(null)}>
      Delete all
    </Button>
  );
  return (
    <Section title="Weights kept in this browser" tool={deleteAll}>
      {weights.length === 0 && <p>None. A model is fetched again at the next visit.</p>}
      <ul className={styles.rows}>
        {weights.map(({ url, bytes, hash }) => (
          <li key={url} className={styles.row}>
            <div>
              <strong>{fileName(url)}</strong>
              <p>
                {formatBytes(bytes)}, <code>{hash.slice(0, 8)}</code>
              </p>
            </div>
            <IconButton
              tone="danger"
              label={`Delete ${fileName(url)}`}
              onClick={() => void actions.deleteWeights(url)}
            >
              <Trash2 size={16} aria-hidden="true" />
            </IconButton>
          </li>
        ))}
      </ul>
    </Section>
  );
}
