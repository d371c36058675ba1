/** What the picker tells of a model besides its name: sizes, licence, where it is, and its card's numbers. */
import { FileText } from "lucide-react";

import type { ModelChoice } from "../../store/state";
import { Button } from "../common/Button";
import { formatWhole } from "../common/format";
import { useActions, useApp } from "../common/StoreContext";
import { groupMetrics, metricText, type MetricGroup } from "./metricTexts";
import styles from "./ModelPicker.module.css";

function Group({ group: { n, protocol, metrics } }: { group: MetricGroup }) {
  return (
    <>
      <dl className={styles.numbers}>
        {metrics.map((metric) => (
          <div key={metric.name}>
            <dt>{metric.name}</dt>
            <dd>{metricText(metric)}</dd>
          </div>
        ))}
      </dl>
      <p>
        On {formatWhole(n)} {protocol}.
      </p>
    </>
  );
}

export function ModelNumbers({ choice }: { choice: ModelChoice }) {
  const isStored = useApp(({ cachedWeights }) =>
    cachedWeights.some(({ hash }) => hash === choice.hash),
  );
  const actions = useActions();
  const { resolution, numSlots, license, metrics, title } = choice;
  const [height, width] = resolution;
  return (
    <div className={styles.about}>
      <p>
        {width} × {height} pixels, {numSlots} slots, licence {license}.{" "}
        {isStored ? "Stored in this browser." : "Not stored in this browser yet."}
      </p>
      {groupMetrics(metrics).map((group) => (
        <Group key={`${group.n} ${group.protocol}`} group={group} />
      ))}
      <Button
        icon={<FileText size={14} aria-hidden="true" />}
        title={`The card of ${title}`}
        onClick={() => void actions.openCard(choice.id)}
      >
        How it was trained and measured
      </Button>
    </div>
  );
}
