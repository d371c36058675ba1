/** Starts the tour, at any time. */
import { CircleQuestionMark } from "lucide-react";

import { IconButton } from "../common/Button";
import { useActions } from "../common/StoreContext";
import { tourButtonId } from "./focusTourButton";

export function TourButton() {
  const actions = useActions();
  return (
    <IconButton id={tourButtonId} label="Tour of the page" onClick={() => actions.startTour()}>
      <CircleQuestionMark size={18} aria-hidden="true" />
    </IconButton>
  );
}
