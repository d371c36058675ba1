/** One comparison of a panel: the store runs one at a time, and each panel keeps the table that it asked for. */
import { useState } from "react";

import type { EvaluationTable } from "../../../engine/protocol/training";
import { useActions, useApp, type Actions } from "../../common/StoreContext";

type Outcome = { table: EvaluationTable | null; message: string };

export type OwnComparison = Outcome & {
  /** Whether this panel waits for its own. */
  isMine: boolean;
  /** Whether any comparison is under way. */
  isBusy: boolean;
  ask: (...args: Parameters<Actions["compare"]>) => void;
};

export function useComparison(): OwnComparison {
  const comparison = useApp((state) => state.comparison);
  const actions = useActions();
  const [isMine, setMine] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({ table: null, message: "" });
  if (isMine && comparison.status !== "running") {
    setMine(false);
    if (comparison.status === "done") setOutcome({ table: comparison.result, message: "" });
    if (comparison.status === "failed") setOutcome({ ...outcome, message: comparison.message });
  }
  return {
    ...outcome,
    isMine,
    isBusy: comparison.status === "running",
    ask: (...args) => {
      setMine(true);
      void actions.compare(...args);
    },
  };
}
