/**
 * Our own GPUDevice: tfjs would ask for two features and six limits and never watch for loss.
 * The device is made here and handed to the WebGPU backend.
 */
import { UnsupportedDeviceError } from "../errors";

const wantedFeatures = [
  "timestamp-query",
  "bgra8unorm-storage",
  "shader-f16",
  "subgroups",
] as const satisfies GPUFeatureName[];

/** Limits that default far below what adapters can do; each is raised to the adapter's own. */
const raisedLimits = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/** The strongest adapter, or null where the browser has none. */
export async function requestAdapter(): Promise<GPUAdapter | null> {
  if (!("gpu" in navigator)) return null;
  return navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
}

/** Whether an adapter is a program on the CPU, which our WebAssembly path outruns. */
export const isSoftwareAdapter = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter ||
  /swiftshader|llvmpipe|lavapipe|basic render/i.test(describeAdapter(info));

/** The adapter in words, as far as the browser tells. */
export function describeAdapter(info: GPUAdapterInfo): string {
  const parts = [info.vendor, info.architecture, info.device, info.description];
  const words = [...new Set(parts.filter((part) => part !== ""))].join(" ");
  return words === "" ? "unnamed adapter" : words;
}

/** What the browser tells of an adapter, and the limits and features that decide which models run. */
export type AdapterDetails = {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  hasF16: boolean;
  hasSubgroups: boolean;
  maxBufferBytes: number;
  maxBindingBytes: number;
  maxWorkgroupBytes: number;
  maxInvocations: number;
};

/** @param device - whose limits and features are those asked for, which the adapter's may exceed */
export function adapterDetails(info: GPUAdapterInfo, device: GPUDevice): AdapterDetails {
  const { limits, features } = device;
  return {
    vendor: info.vendor,
    architecture: info.architecture,
    device: info.device,
    description: info.description,
    hasF16: features.has("shader-f16"),
    hasSubgroups: features.has("subgroups"),
    maxBufferBytes: limits.maxBufferSize,
    maxBindingBytes: limits.maxStorageBufferBindingSize,
    maxWorkgroupBytes: limits.maxComputeWorkgroupStorageSize,
    maxInvocations: limits.maxComputeInvocationsPerWorkgroup,
  };
}

/**
 * A device with every limit of the adapter that matters to us; plain defaults where the driver refuses those.
 * @param onLost - told the reason when the device is lost other than by our own destroy()
 */
export async function requestDevice(
  adapter: GPUAdapter,
  onLost: (reason: string) => void,
): Promise<GPUDevice> {
  const requiredFeatures = wantedFeatures.filter((feature) => adapter.features.has(feature));
  const requiredLimits = Object.fromEntries(
    raisedLimits.map((name) => [name, adapter.limits[name]]),
  );
  const label = "SlotDiffusion";
  const device = await adapter
    .requestDevice({ label, requiredFeatures, requiredLimits })
    .catch(() => adapter.requestDevice({ label })) // some drivers report limits that they then refuse
    .catch((error: unknown) => {
      throw new UnsupportedDeviceError(
        `gpu: ${describeAdapter(adapter.info)} gave no device (${String(error)}). Choose the WASM backend.`,
      );
    });
  void device.lost.then(({ reason, message }) => {
    if (reason !== "destroyed") onLost(message);
  });
  return device;
}
