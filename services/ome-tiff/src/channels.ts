import { warning } from "@sluice/core";
import { type FieldOrigin, type ImageChannel, Origin, type Problem } from "@sluice/proto";
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
      excitationNm: wavelength(channel?.excitationNm),
      emissionNm: wavelength(channel?.emissionNm),
      acquisitionMode,
    };
  });
}

/**
 * Warnings about channels that do not fit the c axis, and about wavelengths that OME cannot hold.
 *
 * @param count length of the c axis, when known
 */
export function channelWarnings({ array, stack }: ImagePlan, count: number | undefined): Problem[] {
  const channels = stack?.channels ?? [];
  const field = "dataset.image_stacks.channels";
  const mismatch =
    count === undefined || channels.length === 0 || channels.length === count
      ? []
      : [
          warning({
            reason: "CHANNELS_MISMATCH",
            message: `The image stack describes ${channels.length} channels, the array ${array.name} has ${count}.`,
            field,
            got: String(channels.length),
            allowed: [String(count)],
            remedy: "Describe as many channels as the c axis is long.",
          }),
        ];
  return [...mismatch, ...channels.flatMap((channel, index) => wavelengthWarnings(channel, `${field}[${index}]`))];
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

function wavelength(nanometers: number | undefined): number | undefined {
  return nanometers !== undefined && nanometers > 0 && Number.isFinite(nanometers) ? nanometers : undefined;
}

function wavelengthWarnings(channel: ImageChannel, field: string): Problem[] {
  return [["emission_nm", channel.emissionNm] as const, ["excitation_nm", channel.excitationNm] as const]
    .filter(([, value]) => value !== undefined && wavelength(value) === undefined)
    .map(([name, value]) =>
      warning({
        reason: "WAVELENGTH_INVALID",
        message: "A wavelength must be a positive number; it is left out.",
        field: `${field}.${name}`,
        got: String(value),
        allowed: ["finite numbers > 0"],
      }),
    );
}
