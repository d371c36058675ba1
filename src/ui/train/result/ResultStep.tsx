/** Step 4: what came of it: in the playground, beside its parent, and out of this browser. */
import { FileArchive } from "lucide-react";

import { ownChoices } from "../../../store/trainSelectors";
import { plural } from "../../common/count";
import { FileButton } from "../../common/FileButton";
import { useActions, useApp } from "../../common/StoreContext";
import { selectRun } from "../selectors";
import { Part, Step } from "../Step";
import { Comparison } from "./Comparison";
import { CrossDataset } from "./CrossDataset";
import { ExportButtons } from "./ExportButtons";
import styles from "./Result.module.css";
import { UseModel } from "./UseModel";

function ImportProject() {
  const actions = useActions();
  return (
    <div className={styles.row}>
      <FileButton
        label="A project zip"
        accept=".zip"
        icon={<FileArchive size={16} aria-hidden="true" />}
        onFiles={([file]) => file && void actions.importProject(file)}
      >
        Import a project
      </FileButton>
      <p className={styles.note}>
        A project zip of this page, from here or another machine, becomes a run again: with its
        curves, and ready to train on. Its pictures are found again by their content.
      </p>
    </div>
  );
}

export function ResultStep() {
  const run = useApp(selectRun);
  const own = useApp(ownChoices);
  const model = run && run.weightBytes > 0 ? run : null;
  return (
    <Step
      number={4}
      title="Result"
      purpose="A trained model is yours: use it here, see whether it is better than the model it came from, and take it with you."
      state={own.length === 0 ? "No model yet" : `${plural(own.length, "model")} trained here`}
      tone={own.length === 0 ? "plain" : "good"}
    >
      {model && <UseModel run={model} />}
      {model && (
        <Part title={`Is ${model.name} better?`}>
          <Comparison key={model.id} run={model} />
        </Part>
      )}
      <Part title="Take it with you">
        <ExportButtons run={model} />
        <ImportProject />
      </Part>
      <CrossDataset />
    </Step>
  );
}
