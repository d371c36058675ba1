/** What a checkpoint is, told from its header: no tensor is read or made. */
import { checkKeys, openCheckpoint } from "../../checkpoint/load";
import { countParams, specEntries } from "../../nn/params";
import type { EncoderConfig, ModelConfig } from "../../slotdiffusion/config";
import { modelSpec } from "../../slotdiffusion/model";
import { deviceRoom, memoryNeed, type DeviceRoom } from "../memoryNeed";
import type { RecognizedModel } from "../protocol/exchange";
import { withPooler, withStandIns } from "./dinoEntries";
import { identify, type ComparableModel } from "./userFiles";

/**
 * Describes a checkpoint without a config; throws CheckpointError where it is no image model, or not whole.
 * @param current - the loaded model, whose config serves a file of its own shapes
 */
export async function inspectCheckpoint(
  weights: File,
  current: ComparableModel | null,
  device: DeviceRoom = deviceRoom(),
): Promise<RecognizedModel> {
  const checkpoint = await openCheckpoint(weights, weights.name);
  const entries = withPooler(checkpoint.entries);
  const found = identify({ ...checkpoint, entries }, weights.name, current);
  const { config, assumptions, missingDino } = found;
  const spec = modelSpec(config);
  checkKeys(spec, missingDino ? withStandIns(entries, specEntries(spec)) : entries);
  return {
    config: JSON.stringify(config, null, 1),
    title: titleOf(config),
    parameterCount: countParams(spec),
    assumptions,
    missingDino,
    memory: memoryNeed(config, device),
  };
}

function titleOf(config: ModelConfig): string {
  const { slot_dict, resolution } = config;
  const [H, W] = resolution;
  const unetCount = countParams(modelSpec(config).dm_decoder.model);
  const slots =
    slot_dict.init === "gaussian"
      ? `drawn slots of ${slot_dict.slot_size}`
      : `${slot_dict.num_slots} slots of ${slot_dict.slot_size}`;
  return `${encoderTitle(config.encoder)}, ${slots}, ${W}×${H}, U-Net of ${inMillions(unetCount)} parameters`;
}

function encoderTitle(encoder: EncoderConfig): string {
  switch (encoder.kind) {
    case "cnn":
      return `CNN encoder of ${encoder.strides.length} layers`;
    case "resnet18":
      return "ResNet-18 encoder";
    case "dino":
      return `DINO encoder (ViT of ${encoder.layers} layers, patch ${encoder.patch})`;
  }
}

const inMillions = (count: number): string =>
  count < 1e7 ? `${(count / 1e6).toFixed(1)} M` : `${Math.round(count / 1e6)} M`;
