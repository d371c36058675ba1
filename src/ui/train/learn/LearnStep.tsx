/** Step 2: what a run changes in its model, how long, and with which numbers. */
import { useApp } from "../../common/StoreContext";
import { Part, Step } from "../Step";
import { FirstStage } from "./FirstStage";
import { LearnChoice } from "./LearnChoice";
import { planSummary } from "./plan";
import { PlanFields } from "./PlanFields";
import { PresetCards } from "./PresetCards";
import { StartingPoint } from "./StartingPoint";

export function LearnStep() {
  const summary = useApp((state) => planSummary(state.draft));
  const isFromScratch = useApp((state) => state.draft.isFromScratch);
  return (
    <Step
      number={2}
      title="What learns"
      purpose="Training only the part that must change is quicker, and forgets less of what the model knows. Choose a preset; every number can be changed after."
      state={summary}
    >
      <PresetCards />
      <StartingPoint />
      {!isFromScratch && (
        <>
          <Part title="How much of the model">
            <LearnChoice />
          </Part>
          <Part title="Can the VQ-VAE stay?">
            <FirstStage />
          </Part>
        </>
      )}
      <Part title="Numbers">
        <PlanFields />
      </Part>
    </Step>
  );
}
