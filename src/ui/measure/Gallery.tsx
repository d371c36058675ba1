/** Every picture that was measured, sorted by one metric, the worst first. */
import { useState } from "react";

import type { EvaluationTable } from "../../engine/protocol/training";
import { Button } from "../common/Button";
import { plural } from "../common/count";
import { Field } from "../common/Field";
import { metricOf } from "../train/result/metrics";
import { LookTile } from "../common/LookTile";
import { galleryItems, galleryMetrics, orderWords, type GalleryItem } from "./gallery";
import styles from "./Measure.module.css";

/** Pictures that come with each press of "Show more". */
const page = 12;

function Tile({ item, metric }: { item: GalleryItem; metric: string }) {
  const { digits } = metricOf(metric);
  const { name, picture, value } = item;
  return (
    <li className={styles.tile} data-value={value}>
      {picture && <LookTile picture={picture} />}
      <p>
        <strong>{Number.isNaN(value) ? "–" : value.toFixed(digits)}</strong> <span>{name}</span>
      </p>
    </li>
  );
}

export function Gallery({ model }: { model: EvaluationTable["models"][number] }) {
  const metrics = galleryMetrics(model);
  const [chosen, setChosen] = useState("");
  const [numShown, setNumShown] = useState(page);
  const metric = metrics.includes(chosen) ? chosen : (metrics[0] ?? "");
  const items = galleryItems(model, metric);
  if (items.length === 0) return null;
  const left = items.length - numShown;
  return (
    <section className={styles.gallery} aria-labelledby="gallery-heading">
      <h3 id="gallery-heading">Picture by picture</h3>
      <div className={styles.row}>
        <Field name="Sorted by">
          <select value={metric} onChange={({ target }) => setChosen(target.value)}>
            {metrics.map((name) => (
              <option key={name} value={name}>
                {metricOf(name).title}: {orderWords(name)}
              </option>
            ))}
          </select>
        </Field>
        <p className={styles.note}>
          The picture, its masks, and what is drawn from its slots where that was asked for; with
          several seeds the number is their mean, and the picture the first seed’s.
        </p>
      </div>
      <ol className={styles.tiles} data-testid="gallery">
        {items.slice(0, numShown).map((item) => (
          <Tile key={item.index} item={item} metric={metric} />
        ))}
      </ol>
      {left > 0 && (
        <Button onClick={() => setNumShown(numShown + page)}>
          Show more, {plural(left, "picture")} left
        </Button>
      )}
    </section>
  );
}
