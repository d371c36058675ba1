/** A model's card to read, in a dialog over the picker. */
import { lazy, Suspense } from "react";

import type { CardState } from "../../store/modelCardState";
import { Dialog } from "../common/Dialog";
import { useActions, useApp } from "../common/StoreContext";
import styles from "./CardDialog.module.css";

const Markdown = lazy(() =>
  import("../common/Markdown").then((module) => ({ default: module.Markdown })),
);

const opening = <p>Opening the card…</p>;

function Card({ card }: { card: CardState }) {
  switch (card.status) {
    case "none":
      return null;
    case "loading":
      return opening;
    case "failed":
      return <p className={styles.failed}>The card did not come: {card.message}</p>;
    case "ready":
      return (
        <Suspense fallback={opening}>
          <Markdown text={card.text} under={2} />
        </Suspense>
      );
  }
}

export function CardDialog() {
  const card = useApp((state) => state.card);
  const actions = useActions();
  return (
    // The picker that this lies in closes on Escape too: one Escape closes one thing.
    <div onKeyDown={(key) => key.key === "Escape" && key.stopPropagation()}>
      <Dialog
        title={card.status === "none" ? "Card" : `Card of ${card.title}`}
        isOpen={card.status !== "none"}
        onClose={() => actions.closeCard()}
      >
        <Card card={card} />
      </Dialog>
    </div>
  );
}
