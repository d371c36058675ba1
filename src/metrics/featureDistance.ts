/**
 * Perceptual distance: how far apart two pictures are in the feature maps of a network.
 *
 * Zhang et al. 2018, eq. 1, https://arxiv.org/abs/1801.03924, with all channel weights 1: without that paper's networks and
 * learned weights it is no LPIPS, and numbers of different networks cannot be compared.
 */

/** One layer's features of one picture, row-major [positions, channels]. */
export type FeatureMap = { channels: number; values: ArrayLike<number> };

const eps = 1e-10; // as the authors' normalize_tensor

/**
 * Sum over layers of the mean over positions of the squared distance between feature vectors scaled to length 1.
 * @returns 0..4 a layer; 0..2 where features are not negative
 */
export function featureDistance(x: readonly FeatureMap[], y: readonly FeatureMap[]): number {
  if (x.length !== y.length)
    throw new Error(`featureDistance: expected as many layers, got ${x.length} and ${y.length}.`);
  return x.reduce((sum, layer, i) => sum + layerDistance(layer, y[i] ?? layer), 0);
}

function layerDistance(x: FeatureMap, y: FeatureMap): number {
  const { channels } = x;
  if (channels !== y.channels || x.values.length !== y.values.length)
    throw new Error(
      `featureDistance: expected layers of one shape, got ${x.values.length} values of ${channels} ` +
        `channels and ${y.values.length} of ${y.channels}.`,
    );
  let sum = 0;
  for (let at = 0; at < x.values.length; at += channels) {
    const [lengthX, lengthY] = [lengthAt(x, at) + eps, lengthAt(y, at) + eps];
    for (let c = at; c < at + channels; c++)
      sum += ((x.values[c] ?? NaN) / lengthX - (y.values[c] ?? NaN) / lengthY) ** 2;
  }
  return sum / (x.values.length / channels);
}

function lengthAt({ channels, values }: FeatureMap, at: number): number {
  let sum = 0;
  for (let c = at; c < at + channels; c++) sum += (values[c] ?? NaN) ** 2;
  return Math.sqrt(sum);
}
