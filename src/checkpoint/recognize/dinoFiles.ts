/**
 * The published DINO encoders (Caron et al. 2021, https://arxiv.org/abs/2104.14294), which the official VOC and COCO models
 * are trained with: sizes, and where their weights are.
 */

/** Sizes of a Vision Transformer under the names of our config. */
export type DinoSizes = {
  name: string;
  hidden_size: number;
  layers: number;
  heads: number;
  mlp_size: number;
  patch: number;
};

const small = { hidden_size: 384, layers: 12, heads: 6, mlp_size: 1536 };
const base = { hidden_size: 768, layers: 12, heads: 12, mlp_size: 3072 };

const published: DinoSizes[] = [
  { name: "dino-vits8", ...small, patch: 8 },
  { name: "dino-vits16", ...small, patch: 16 },
  { name: "dino-vitb8", ...base, patch: 8 },
  { name: "dino-vitb16", ...base, patch: 16 },
];

/** Patches along a side of the official 224 pixels. */
const officialSide = 224;

/**
 * The published encoder of so many channels: patch 16 where the feature map is 14 wide, else patch 8, as the official code
 * has it. Null where there is none.
 */
export function dinoLike(hidden: number, mapSide: number | null): DinoSizes | null {
  const patch = mapSide === officialSide / 16 ? 16 : 8;
  return published.find((dino) => dino.hidden_size === hidden && dino.patch === patch) ?? null;
}

/** Where the weights are, and about how many bytes they take. */
export function dinoFile(dino: DinoSizes): { url: string; bytes: number } {
  const { name, hidden_size: C, layers, mlp_size: M, patch } = dino;
  const tokens = 1 + (officialSide / patch) ** 2;
  const embeddings = C + tokens * C + (3 * patch ** 2 + 1) * C;
  const layer = 4 * (C + 1) * C + (C + 1) * M + (M + 1) * C + 4 * C;
  return {
    url: `https://huggingface.co/facebook/${name}/resolve/main/pytorch_model.bin`,
    bytes: 4 * (embeddings + layers * layer + 2 * C),
  };
}
