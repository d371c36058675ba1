/** How fast masks come, how late, and how many frames were left out for it. */
import { useApp } from "../common/StoreContext";
import styles from "./Live.module.css";

export function LiveNumbers() {
  const { framesPerSecond, latencyMs, numDropped, numShown } = useApp((state) => state.liveStats);
  const numbers = [
    {
      name: "Frames a second",
      value: framesPerSecond?.toFixed(1) ?? "–",
      text: "shown with their masks",
    },
    {
      name: "Latency",
      value: latencyMs === null ? "–" : `${latencyMs.toFixed(0)} ms`,
      text: "from a frame’s arrival in the page to its masks",
    },
    {
      name: "Dropped",
      value: numDropped.toLocaleString("en"),
      text: `frames that came meanwhile, beside ${numShown.toLocaleString("en")} shown`,
    },
  ];
  return (
    <dl
      className={styles.numbers}
      data-testid="live-numbers"
      data-shown={numShown}
      data-dropped={numDropped}
      data-fps={framesPerSecond ?? ""}
      data-latency={latencyMs ?? ""}
    >
      {numbers.map(({ name, value, text }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd className={styles.value}>{value}</dd>
          <dd className={styles.text}>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
