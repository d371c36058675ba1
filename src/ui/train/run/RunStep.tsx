/** Step 3: training, seen as it goes. */
import { useApp } from "../../common/StoreContext";
import { selectRun } from "../selectors";
import { Part, Step } from "../Step";
import { LookGrid } from "./LookGrid";
import { LookPlots, LossPlot } from "./RunPlots";
import { RunControls } from "./RunControls";
import { RunFacts } from "./RunFacts";
import { RunList } from "./RunList";
import { runLine } from "./runTexts";
import { StartRun } from "./StartRun";

export function RunStep() {
  const run = useApp(selectRun);
  const state = useApp((now) => {
    const shown = selectRun(now);
    return shown ? runLine(shown, now.training) : "No run yet";
  });
  const isLive = useApp(({ training, chosenRun }) => training?.runId === chosenRun);
  const tone =
    run?.status === "diverged"
      ? "bad"
      : isLive
        ? "busy"
        : run?.status === "finished"
          ? "good"
          : "plain";
  return (
    <Step
      number={3}
      title="Run"
      purpose="The same trainer as the command line’s, in a worker of this tab: it goes on while the tab is hidden, and after a reload from its last checkpoint."
      state={state}
      tone={run === null ? "plain" : tone}
    >
      <StartRun />
      {run && (
        <>
          <Part title={run.name}>
            <RunControls run={run} />
            <RunFacts run={run} />
          </Part>
          <LossPlot run={run} />
          <LookPlots run={run} />
          <LookGrid run={run} />
        </>
      )}
      <RunList />
    </Step>
  );
}
