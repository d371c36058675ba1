/**
 * What is running where: in sentences, then backends, what the stages of a picture take, memory, hardware, the browser,
 * and the weights it keeps.
 */
import { RefreshCw } from "lucide-react";

import type { Usage } from "../../../engine/protocol/usage";
import { IconButton } from "../../common/Button";
import { useActions, useApp } from "../../common/StoreContext";
import { Backends } from "./Backends";
import styles from "./Device.module.css";
import { browserFacts, hardwareFacts, memoryFacts, whereSentences } from "./deviceTexts";
import { Facts, Section } from "./Section";
import { StageTable } from "./StageTable";
import { Weights } from "./Weights";

function Measured({ usage }: { usage: Usage }) {
  const actions = useActions();
  const again = (
    <IconButton label="Measure again" onClick={() => void actions.refreshUsage()}>
      <RefreshCw size={15} aria-hidden="true" />
    </IconButton>
  );
  return (
    <>
      <Section title="The last picture, stage by stage" tool={again}>
        <StageTable stages={usage.stages} kind={usage.details.kind} />
      </Section>
      <Section title="Memory">
        <Facts facts={memoryFacts(usage)} />
      </Section>
      <Section title="Hardware">
        <Facts facts={hardwareFacts(usage.details, usage.cores)} />
      </Section>
    </>
  );
}

export function DevicePanel() {
  const device = useApp((state) => state.device);
  const usage = useApp((state) => state.usage);
  return (
    <div className={styles.panel}>
      <ul className={styles.sentences}>
        {whereSentences(usage?.details ?? null).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {device.status === "ready" && <Backends info={device.info} />}
      {device.status === "starting" && <p>The engine is starting…</p>}
      {device.status === "failed" && <p className={styles.failed}>{device.message}</p>}
      {usage && <Measured usage={usage} />}
      {device.status === "ready" && (
        <Section title="This browser">
          <Facts facts={browserFacts(device.info, usage)} />
        </Section>
      )}
      <Weights />
    </div>
  );
}
