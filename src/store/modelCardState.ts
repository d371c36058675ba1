/** The card of a model: how it was trained and how it was measured, as its authors wrote it down. */

/** A number of a model's card. */
export type CardMetric = {
  name: string;
  value: number;
  /** Standard error; null where the card gives none. */
  error: number | null;
  /** Pictures that it was measured on. */
  n: number;
  protocol: string;
};

/** What models/index.json tells of a model besides its file. */
export type ModelFacts = {
  resolution: readonly [height: number, width: number];
  numSlots: number;
  /** Of the weights, by SPDX name. */
  license: string;
  /** Address of its card, a Markdown text. */
  card: string;
  metrics: readonly CardMetric[];
};

export type CardState =
  | { status: "none" }
  | { status: "loading"; title: string }
  | { status: "ready"; title: string; text: string }
  | { status: "failed"; title: string; message: string };

export type ModelCardSlice = {
  card: CardState;
  openCard: (modelId: string) => Promise<void>;
  closeCard: () => void;
};
