/**
 * How much memory a model's activations take while it works on one picture: the networks of nn/ walked with sizes in
 * place of tensors. Counts float32 values; a tensor made inside tf.tidy lives until that tidy ends.
 */
import {
  latentShape,
  tokenGrid,
  type EncoderConfig,
  type ModelConfig,
  type UnetConfig,
} from "../slotdiffusion/config";

/**
 * One function of a network. output: values that it returns; inside: most values alive while it runs, its output
 * included and its input not; largest: values of its largest tensor.
 */
export type Step = { output: number; inside: number; largest: number };

/** An operation that makes `copies` tensors of a size and returns the last. */
const op = (size: number, copies = 1): Step => ({
  output: size,
  inside: copies * size,
  largest: size,
});

/** A tidy: what its steps return lives until its end; it returns what the last one does. */
function scope(steps: readonly Step[]): Step {
  let kept = 0;
  let inside = 0;
  let largest = 0;
  for (const step of steps) {
    inside = Math.max(inside, kept + step.inside);
    kept += step.output;
    largest = Math.max(largest, step.largest);
  }
  return { output: steps.at(-1)?.output ?? 0, inside, largest };
}

const times = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

// Layers, by the number of pixels or tokens n and of channels c they return; copies as in nn/layers.ts.
const conv = (n: number, c: number): Step => op(n * c, 2); // without and with bias
const linear = conv;
const norm = (n: number, c: number): Step => op(n * c, 3);
const layerNorm = (n: number, c: number): Step => op(n * c, 5);
const silu = (n: number, c: number): Step => op(n * c, 2);
const softmax = (size: number): Step => op(size, 3); // composed of several kernels on GPUs

/** The residual blocks of VQ-VAE and U-Net. */
const resBlock = (n: number, cin: number, cout: number): Step =>
  scope([
    ...[norm(n, cin), silu(n, cin), conv(n, cout)],
    ...[norm(n, cout), silu(n, cout), conv(n, cout)],
    ...(cin === cout ? [] : [conv(n, cout)]),
    op(n * cout),
  ]);

const attention = (n: number, m: number, c: number, headSize: number): Step =>
  scope([
    ...[linear(n, c), op(n * c), op(n * c)], // queries: scaled, turned
    ...[linear(m, c), op(m * c), linear(m, c), op(m * c)],
    ...[op(n * m * Math.floor(c / headSize)), softmax(n * m * Math.floor(c / headSize))],
    ...[op(n * c), op(n * c), linear(n, c)],
  ]);

/** The middle of the VQ-VAE's encoder and decoder, whose attention has one head. */
const vqvaeMiddle = (n: number, c: number): Step =>
  scope([
    resBlock(n, c, c),
    scope([norm(n, c), attention(n, n, c, c), conv(n, c), op(n * c)]),
    resBlock(n, c, c),
  ]);

const upsample = (n: number, c: number): Step => scope([op(n * c), conv(n, c)]);

/** VQ-VAE sizes: its levels' widths, and pixels at the full and at the latents' resolution. */
function vqvaeSizes({ vae, resolution: [H, W] }: ModelConfig) {
  const { ch, ch_mult, num_res_blocks: blocks } = vae.enc_dec_dict;
  const widths = ch_mult.map((mult) => mult * ch);
  return { ch, widths, blocks, pixels: (level: number) => (H * W) / 4 ** level };
}

/** Pictures to latents (nn/vqvae.ts, encodeLatents). */
export function latentsStep(config: ModelConfig): Step {
  const { ch, widths, blocks, pixels } = vqvaeSizes(config);
  const last = widths.length - 1;
  const steps = [conv(pixels(0), ch)];
  for (const [level, width] of widths.entries()) {
    const before = widths[level - 1] ?? ch;
    const n = pixels(level);
    steps.push(...times(blocks, (j) => resBlock(n, j === 0 ? before : width, width)));
    if (level < last) steps.push(conv(pixels(level + 1), width));
  }
  const [n, deepest] = [pixels(last), widths[last] ?? ch];
  steps.push(vqvaeMiddle(n, deepest), norm(n, deepest), silu(n, deepest));
  const { z_channels } = config.vae.enc_dec_dict;
  return scope([...steps, conv(n, z_channels), conv(n, config.vae.vq_dict.embed_dim)]);
}

/** Most distances to codes that are computed at once (nn/codebook.ts). */
const maxDistances = 2 ** 24;

/** Latents to their nearest codes. @param copies - of the distances, which backends with reductions in trees need more of */
export function snapStep(config: ModelConfig, copies: number): Step {
  const [h, w] = latentShape(config);
  return op(Math.min(h * w * config.vae.vq_dict.n_embed, maxDistances), copies);
}

/** Latents to a picture (nn/vqvae.ts, decodeLatents). */
export function decodeStep(config: ModelConfig): Step {
  const { ch, widths, blocks, pixels } = vqvaeSizes(config);
  const last = widths.length - 1;
  const deepest = widths[last] ?? ch;
  const { z_channels, out_ch } = config.vae.enc_dec_dict;
  const n = pixels(last);
  const steps = [conv(n, z_channels), conv(n, deepest), vqvaeMiddle(n, deepest)];
  for (let level = last; level >= 0; level--) {
    const width = widths[level] ?? ch;
    const above = widths[level + 1] ?? deepest;
    steps.push(
      ...times(blocks + 1, (j) => resBlock(pixels(level), j === 0 ? above : width, width)),
    );
    if (level > 0) steps.push(upsample(pixels(level - 1), width));
  }
  const top = widths[0] ?? ch;
  return scope([...steps, norm(pixels(0), top), silu(pixels(0), top), conv(pixels(0), out_ch)]);
}

/** The picture's features [B, h, w, C], by the kind of encoder. */
function featureStep({ encoder, ...config }: ModelConfig): Step {
  const [H, W] = config.resolution;
  switch (encoder.kind) {
    case "cnn":
      return cnnStep(encoder, H * W);
    case "resnet18":
      return resnetStep(encoder, H * W);
    case "dino": {
      const [h, w] = tokenGrid({ encoder, ...config });
      return vitStep(encoder, h * w + 1);
    }
  }
}

type Encoder<K extends EncoderConfig["kind"]> = Extract<EncoderConfig, { kind: K }>;

function cnnStep({ strides, enc_channels }: Encoder<"cnn">, pixels: number): Step {
  let n = pixels;
  const steps = strides.flatMap((stride, i) => {
    n /= stride ** 2;
    const c = enc_channels[i + 1] ?? 0;
    return [conv(n, c), op(n * c)];
  });
  return scope(steps);
}

function resnetStep({ widths, blocks }: Encoder<"resnet18">, pixels: number): Step {
  const basicBlock = (n: number, c: number, isFirst: boolean) =>
    scope([
      ...[op(n * c), norm(n, c), op(n * c), op(n * c), norm(n, c)],
      ...(isFirst ? [op(n * c), norm(n, c)] : []),
      ...[op(n * c), op(n * c)],
    ]);
  const [stem = 0] = widths;
  const layers = widths.flatMap((width, layer) =>
    times(blocks[layer] ?? 0, (i) => basicBlock(pixels / 4 ** layer, width, layer > 0 && i === 0)),
  );
  return scope([op(pixels * stem), norm(pixels, stem), op(pixels * stem), ...layers]);
}

/** @param n - tokens, the class token included */
function vitStep({ hidden_size: c, layers, heads, mlp_size }: Encoder<"dino">, n: number): Step {
  const layer = scope([
    ...[layerNorm(n, c), attention(n, n, c, c / heads), op(n * c), layerNorm(n, c)],
    ...[linear(n, mlp_size), op(n * mlp_size, 5), linear(n, c), op(n * c)], // 5: erf GELU
  ]);
  return scope([conv(n, c), op(n * c), op(n * c), ...times(layers, () => layer), norm(n, c)]);
}

/** Pictures to slots (slotdiffusion/model.ts, encodeImages). */
export function encodeStep(config: ModelConfig): Step {
  const { slot_size: D, num_slots: K, num_iterations } = config.slot_dict;
  const [h, w] = tokenGrid(config);
  const n = h * w;
  const features = featureStep(config);
  const C = features.output / n;
  const out = config.encoder.enc_out_channels;
  const placed = scope([features, scope([linear(n, C), op(n * C)])]);
  const head = [layerNorm(n, C), linear(n, out), op(n * out), linear(n, out)];
  const round = { ...scope([op(n * K), softmax(n * K), op(n * K), op(n * K)]), output: n * K };
  const attend = [
    layerNorm(n, out),
    linear(n, D),
    linear(n, D),
    ...times(num_iterations, () => round),
  ];
  return scope([scope([placed, ...head]), scope(attend)]);
}

const transformer = (n: number, c: number, K: number, unet: UnetConfig): Step => {
  const inner = Math.floor(c / unet.num_head_channels) * unet.num_head_channels;
  const block = scope([
    ...[layerNorm(n, inner), attention(n, n, inner, unet.num_head_channels), op(n * inner)],
    ...[layerNorm(n, inner), attention(n, K, inner, unet.num_head_channels), op(n * inner)],
    layerNorm(n, inner),
    scope([
      ...[linear(n, 8 * inner), op(n * 4 * inner), op(n * 4 * inner)], // split in two
      ...[op(n * 4 * inner, 5), op(n * 4 * inner), linear(n, inner)],
    ]),
    op(n * inner),
  ]);
  const depth = times(unet.transformer_depth, () => block);
  return scope([norm(n, c), conv(n, inner), ...depth, conv(n, c), op(n * c)]);
};

/** One evaluation of the U-Net (nn/unet.ts): what every block returns lives to its end. */
export function denoiseStep(config: ModelConfig): Step {
  const { unet_dict: unet, slot_dict } = config;
  const [h, w] = latentShape(config);
  const pixels = (level: number) => (h * w) / 4 ** level;
  const withTransformer = (level: number, c: number): Step[] =>
    unet.attention_resolutions.includes(2 ** level)
      ? [transformer(pixels(level), c, slot_dict.num_slots, unet)]
      : [];

  const { steps, skips } = downSteps(unet, pixels, withTransformer);
  const last = unet.channel_mult.length - 1;
  let c = skips.at(-1) ?? unet.model_channels;
  const middle = resBlock(pixels(last), c, c);
  steps.push(scope([middle, transformer(pixels(last), c, slot_dict.num_slots, unet), middle]));
  for (let level = last; level >= 0; level--) {
    const width = (unet.channel_mult[level] ?? 1) * unet.model_channels;
    for (let i = 0; i <= unet.num_res_blocks; i++) {
      const joined = c + (skips.pop() ?? 0);
      const layers = [resBlock(pixels(level), joined, width), ...withTransformer(level, width)];
      if (level > 0 && i === unet.num_res_blocks) layers.push(upsample(pixels(level - 1), width));
      steps.push(op(pixels(level) * joined), scope(layers));
      c = width;
    }
  }
  const n = pixels(0);
  return scope([...steps, norm(n, c), silu(n, c), conv(n, unet.out_channels)]);
}

/** The way down. @returns its blocks, and the channels of each */
function downSteps(
  { model_channels, channel_mult, num_res_blocks }: UnetConfig,
  pixels: (level: number) => number,
  withTransformer: (level: number, c: number) => Step[],
): { steps: Step[]; skips: number[] } {
  const skips = [model_channels];
  const steps = [conv(pixels(0), model_channels)];
  let c = model_channels;
  for (const [level, mult] of channel_mult.entries()) {
    const width = mult * model_channels;
    for (let i = 0; i < num_res_blocks; i++) {
      steps.push(scope([resBlock(pixels(level), c, width), ...withTransformer(level, width)]));
      skips.push((c = width));
    }
    if (level === channel_mult.length - 1) continue;
    steps.push(conv(pixels(level + 1), width));
    skips.push(width);
  }
  return { steps, skips };
}
