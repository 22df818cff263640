import { warning } from "@sluice/core";
import { type FieldOrigin, Origin, type Problem } from "@sluice/proto";
import type { OmeChannel } from "./ome-xml.ts";
import type { ImagePlan } from "./plan.ts";

/** Channels of the file, as many as the c axis is long, by the image stack or by the labels of the axis. */
export function channelsOf({ array, stack }: ImagePlan, count: number): OmeChannel[] {
  const labels = array.axes.find((axis) => axis.name === "c")?.labels ?? [];
  const acquisitionMode = acquisitionModeOf(stack?.modality ?? "");
  return Array.from({ length: count }, (_, index) => {
    const channel = stack?.channels[index];
    return {
      name: channel?.name || labels[index] || undefined,
      color: channel?.color,
      excitationNm: channel?.excitationNm,
      emissionNm: channel?.emissionNm,
      acquisitionMode,
    };
  });
}

/** A warning where the image stack describes more or fewer channels than came, on a c axis of unknown length. */
export function channelWarnings({ array, stack }: ImagePlan, count: number): Problem[] {
  const described = stack?.channels.length ?? 0;
  if (described === 0 || described === count) return [];
  return [
    warning({
      reason: "CHANNELS_MISMATCH",
      message: `The image stack describes ${described} channels, the array ${array.name} came to have ${count}.`,
      field: "dataset.image_stacks.channels",
      got: String(described),
      allowed: [String(count)],
      remedy: "Describe as many channels as the c axis is long.",
    }),
  ];
}

/** How each channel's name came to be known. */
export function channelOrigins(channels: readonly OmeChannel[]): FieldOrigin[] {
  return channels.map(({ name }, index) => ({
    field: `ome.Channel[${index}].Name`,
    origin: name === undefined ? Origin.ORIGIN_ABSENT : Origin.ORIGIN_DERIVED,
    detail: name === undefined ? "" : "channels of the image stack, or labels of the c axis",
  }));
}

/** OME's name of a modality; undefined when the modality is not known. */
function acquisitionModeOf(modality: string): string | undefined {
  if (modality === "") return undefined;
  return /two.?photon|2.?photon|multi.?photon/i.test(modality) ? "MultiPhotonMicroscopy" : "Other";
}
