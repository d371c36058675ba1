/** The device, the browser and the work on them, in words. */
import type { DeviceInfo } from "../../../engine/protocol";
import type { DeviceDetails, StageName, StageUse, Usage } from "../../../engine/protocol/usage";
import { formatBytes, formatDuration, formatWhole } from "../../common/format";

export type Facts = Record<string, string | number | null>;

const yesNo = (is: boolean): string => (is ? "yes" : "no");
/** Null for what the browser does not tell. */
const told = (text: string): string | null => (text === "" ? null : text);

/** What is known of the hardware, and the limits that decide which models run. */
export function hardwareFacts(details: DeviceDetails, cores: number): Facts {
  switch (details.kind) {
    case "webgpu":
      return {
        Vendor: told(details.vendor) ?? "not told by the browser",
        Architecture: told(details.architecture),
        Device: told(details.device),
        Description: told(details.description),
        "Largest buffer": formatBytes(details.maxBufferBytes),
        "Largest storage binding": formatBytes(details.maxBindingBytes),
        "Memory of a workgroup": formatBytes(details.maxWorkgroupBytes),
        "Invocations of a workgroup": details.maxInvocations,
        "16-bit floats": details.hasF16 ? "yes; the model computes in 32 bits" : "no; not needed",
        Subgroups: yesNo(details.hasSubgroups),
      };
    case "webgl":
      return { Renderer: details.renderer, "Largest texture": `${details.maxTextureSize} wide` };
    case "wasm":
      return { SIMD: yesNo(details.hasSimd), Threads: `${details.threads} of ${cores} cores` };
  }
}

/** One sentence each: the page, the worker, the device, the network. */
export function whereSentences(details: DeviceDetails | null): string[] {
  const arithmetic: Record<DeviceDetails["kind"], string> = {
    webgpu: "The GPU does the arithmetic, one compute dispatch after another.",
    webgl: "The GPU does the arithmetic, as WebGL programs that fill textures.",
    wasm: "The processor does the arithmetic, in WebAssembly, inside that worker.",
  };
  return [
    "The page itself only shows things.",
    "A worker beside it reads pictures, holds the model and every tensor, and steers each step.",
    ...(details ? [arithmetic[details.kind]] : []),
    "Nothing leaves this machine: the page fetches its own files and sends none of yours.",
  ];
}

const stageTitles: Record<StageName, [name: string, what: string]> = {
  prepare: ["Prepare", "picture file to pixels"],
  encode: ["Encode", "CNN and Slot Attention"],
  denoise: ["Denoise", "U-Net"],
  decode: ["Decode", "VQ-VAE decoder"],
};

/** A stage as a row of the table: everything in words. */
export function stageRow({ stage, parts, elapsedMs, count, peakTensorBytes }: StageUse) {
  const [name, what] = stageTitles[stage];
  const isMany = parts > 1;
  return {
    name,
    what: stage === "denoise" ? `${what}, ${parts} ${isMany ? "steps" : "step"}` : what,
    time: formatDuration(elapsedMs),
    timeEach: isMany ? `${formatDuration(elapsedMs / parts)} a step` : "",
    count: formatWhole(count),
    countEach: isMany ? `${formatWhole(Math.round(count / parts))} a step` : "",
    memory: formatBytes(peakTensorBytes),
  };
}

/** What a piece of work is called on a backend. */
export const pieceTitles: Record<DeviceDetails["kind"], string> = {
  webgpu: "Dispatches",
  webgl: "Kernels",
  wasm: "Kernels",
};

/** Tensors and bytes, now and at most. */
export function memoryFacts({ memory }: Usage): Facts {
  const { numTensors, tensorBytes, gpuBytes, peakTensors, peakTensorBytes } = memory;
  return {
    "Tensors now": numTensors,
    "Tensors at most": peakTensors,
    "Bytes in tensors now": formatBytes(tensorBytes),
    "Bytes in tensors at most": formatBytes(peakTensorBytes),
    "GPU buffers, spare ones included": gpuBytes === null ? null : formatBytes(gpuBytes),
  };
}

function keptText({ isLasting, isPersisted }: Usage["storage"]): string {
  if (!isLasting) return "no: they last as long as this page";
  return isPersisted === true ? "yes, until you delete them" : "yes, unless it runs short of room";
}

/** What this browser has of what the page can use. */
export function browserFacts(info: DeviceInfo, usage: Usage | null): Facts {
  const has = (name: string): string =>
    yesNo(info.probes.some((probe) => probe.name === name && probe.status !== "missing"));
  const common: Facts = {
    WebGPU: has("webgpu"),
    "WebGL 2": has("webgl"),
    "Page isolated, as threads need": yesNo(info.isIsolated),
  };
  if (!usage) return common;
  return {
    ...common,
    "Processor cores": usage.cores,
    "Files kept between visits": keptText(usage.storage),
  };
}
