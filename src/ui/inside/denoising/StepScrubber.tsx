/** The slider over a run's evaluations; every view of them has it, and all move together. */
import { placeOnShow, shownSteps, stepOnShow } from "../../../store/insideSelectors";
import { sentence } from "../../../store/sceneNames";
import { useActions, useApp } from "../../common/StoreContext";
import { stepText } from "../facts";
import { Scrubber } from "../../common/Scrubber";

export function StepScrubber() {
  const actions = useActions();
  const steps = useApp(shownSteps);
  const place = useApp(placeOnShow);
  const step = useApp(stepOnShow);
  if (step === null) return null;
  const isThinned = steps[0]?.step !== 1;
  const kept = isThinned ? `; ${steps.length} kept, evenly spread` : "";
  return (
    <Scrubber
      name="Denoising step"
      value={place + 1}
      min={1}
      max={steps.length}
      words={`${sentence(stepText(step))}${kept}`}
      onChange={(value) => actions.showStep(value - 1)}
    />
  );
}
