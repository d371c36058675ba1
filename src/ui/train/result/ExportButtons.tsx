/** A model out of this browser: for other tools, for the authors' code, or with everything to go on. */
import { Download } from "lucide-react";

import type { ExportFormat, ExportSource } from "../../../engine/protocol/exchange";
import type { Run } from "../../../engine/protocol/training";
import { Button } from "../../common/Button";
import { useActions, useApp } from "../../common/StoreContext";
import { selectModel } from "../selectors";
import styles from "./Result.module.css";

const formats: readonly { format: ExportFormat; title: string; text: string }[] = [
  {
    format: "safetensors",
    title: "Weights (.safetensors)",
    text: "with config.json: opens here and in most tools",
  },
  {
    format: "pth",
    title: "For the authors’ code (.pth)",
    text: "official keys, with its Python configuration: go on training on many GPUs",
  },
  {
    format: "project",
    title: "Whole project (.zip)",
    text: "weights, checkpoint, curves, plan and picture names: import it here to go on",
  },
];

type ExportButtonsProps = {
  /** The run to export; without one, the model in use. */
  run: Run | null;
};

export function ExportButtons({ run }: ExportButtonsProps) {
  const model = useApp(selectModel);
  const actions = useActions();
  const source: ExportSource = run ? { kind: "run", id: run.id } : { kind: "loaded" };
  const isPossible = run !== null || model !== null;
  return (
    <>
      <p className={styles.note}>
        {run
          ? `Exports ${run.name}. The files go to your downloads.`
          : `Until a run has a model, this exports the model in use${model ? `, ${model.name}` : ""}.`}
      </p>
      <ul className={styles.exports}>
        {formats
          .filter(({ format }) => run !== null || format !== "project")
          .map(({ format, title, text }) => (
            <li key={format}>
              <Button
                disabled={!isPossible}
                icon={<Download size={15} aria-hidden="true" />}
                onClick={() => void actions.exportModel(source, format)}
              >
                {title}
              </Button>
              <span>{text}</span>
            </li>
          ))}
      </ul>
    </>
  );
}
