/** What happens between a picture and the picture drawn from its slots, in four steps. */
import type { AppState } from "../../store/state";
import { useApp } from "../common/StoreContext";
import styles from "./HowItWorks.module.css";

const steps = [
  {
    name: "Encoder",
    text: "A convolutional network turns the picture into a grid of features, each told where it lies.",
  },
  {
    name: "Slot Attention",
    text: "A few slot vectors compete for the features over several rounds. What a slot wins is its mask; what it gathers is its content.",
  },
  {
    name: "Diffusion, told by slots",
    text: "A U-Net removes noise step by step. It sees the slots, and only the slots, through cross-attention; so changing a slot changes its object.",
  },
  {
    name: "VQ-VAE decoder",
    text: "The noise is removed in a small latent space with a codebook. A decoder turns the clean latents into pixels.",
  },
];

const selectDescription = ({ model, choices }: AppState) =>
  model.status === "ready"
    ? (choices.find(({ id }) => id === model.info.id)?.description ?? null)
    : null;

export function HowItWorks() {
  const description = useApp(selectDescription);
  return (
    <details className={styles.guide}>
      <summary>How it works</summary>
      <ol className={styles.steps}>
        {steps.map(({ name, text }) => (
          <li key={name}>
            <h3>{name}</h3>
            <p>{text}</p>
          </li>
        ))}
      </ol>
      <p className={styles.note}>
        This is the method of{" "}
        <a href="https://arxiv.org/abs/2305.11281" rel="noreferrer" target="_blank">
          SlotDiffusion: Object-Centric Generative Modeling with Diffusion Models
        </a>{" "}
        (Wu et al., 2023), written anew in TypeScript and run on your device. The order of the slots
        does not matter to the decoder, and the same slots, seed and sampler give the same picture.
      </p>
      <p className={styles.note}>
        <strong>What to expect.</strong> {description !== null && `${description} `}The models that
        come with this page are small and trained on simple rendered scenes. Positions come out
        better than colours and shapes, mask borders are loose, and photographs are outside what
        they have seen. With a larger checkpoint of your own the page does better.
      </p>
    </details>
  );
}
