/** What was measured, as files. */
import { Download } from "lucide-react";

import type { MeasuredFile } from "../../store/measureState";
import { Button } from "../common/Button";
import { useActions } from "../common/StoreContext";
import styles from "./Measure.module.css";

const files: readonly { file: MeasuredFile; title: string }[] = [
  { file: "table", title: "Table (CSV)" },
  { file: "pictures", title: "Every picture (CSV)" },
  { file: "json", title: "Everything (JSON)" },
];

export function SaveButtons() {
  const { saveMeasured } = useActions();
  return (
    <div className={styles.row} role="group" aria-label="Save what was measured">
      {files.map(({ file, title }) => (
        <Button
          key={file}
          icon={<Download size={15} aria-hidden="true" />}
          onClick={() => saveMeasured(file)}
        >
          {title}
        </Button>
      ))}
    </div>
  );
}
