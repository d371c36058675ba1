/** What distances over a network's features need of that network. */
import type { FeatureMap } from "../metrics/featureDistance";
import type { Picture } from "../metrics/imageQuality";

/** What a network sees in one picture. */
export type Features = { maps: FeatureMap[]; vector: Float32Array };

export type Backbone = {
  /** How metrics over it are named. */
  title: string;
  layers: readonly string[];
  /** Pixels a side. */
  side: number;
  /** What it sees in pictures of values 0..1, a few at a time: a picture's maps take megabytes. */
  look(pictures: readonly Picture[]): AsyncGenerator<Features>;
};
