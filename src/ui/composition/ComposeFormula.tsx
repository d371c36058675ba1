/** Why slots can be composed: how the denoiser reads them, as a formula. */
import styles from "./ComposeFormula.module.css";

/** Softmax over the slots of query times key, times value, summed over the slots. */
function Attention() {
  return (
    <p className={styles.equation}>
      <i>y</i>(<i>q</i>) = Σ<sub>k=1…K</sub> <i>a</i>
      <sub>k</sub> <i>W</i>
      <sub>V</sub>
      <i>s</i>
      <sub>k</sub>,{"  "}
      <i>a</i> = softmax
      <sub>k</sub>( <i>q</i> · <i>W</i>
      <sub>K</sub>
      <i>s</i>
      <sub>k</sub> / √<i>d</i> )
    </p>
  );
}

export function ComposeFormula() {
  return (
    <details className={styles.formula}>
      <summary>Why slots can be exchanged</summary>
      <p>
        Every layer of the denoiser asks the slots <i>s</i>
        <sub>1</sub> … <i>s</i>
        <sub>K</sub> through cross-attention, and the answer is a sum over them: any number of slots
        fits, and their order drops out. So a slot taken out of one scene speaks in another as it
        did at home; Shuffle order measures that on your device.
      </p>
      <Attention />
      <p>
        <a href="https://arxiv.org/abs/2305.11281" rel="noreferrer" target="_blank">
          SlotDiffusion, section 3: the slot-conditioned diffusion model
        </a>
      </p>
    </details>
  );
}
