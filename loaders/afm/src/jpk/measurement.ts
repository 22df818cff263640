import { Code, SluiceError } from "@sluice/core";
import type { Hdf5Dataset, Hdf5File, Hdf5Group } from "@sluice/hdf5";
import { Attributes } from "./attributes.ts";

/** A channel of a measurement, under the name that people use: "height_trace", "measuredHeight_retrace". */
export interface JpkChannel {
  readonly name: string;
  readonly group: Hdf5Group;
  readonly attributes: Attributes;
}

/** The measurement of that name in any case, or the first one; MEASUREMENT_UNKNOWN lists those in the file. */
export function findMeasurement(file: Hdf5File, wanted: string | undefined): Hdf5Group {
  const names = file.keys().filter((name) => name.startsWith("Measurement_") && file.kindOf(name) === "group");
  const found = names.find((name) => wanted === undefined || sameName(name, wanted));
  if (found !== undefined) return file.group(found);
  throw new SluiceError({
    reason: "MEASUREMENT_UNKNOWN",
    message: wanted === undefined ? "The file holds no measurement." : "The file has no measurement of this name.",
    field: "options.measurement",
    got: wanted === undefined ? "nothing" : JSON.stringify(wanted),
    allowed: names,
    remedy: "Name a measurement of the file, or none for its first.",
    grpcCode: Code.NOT_FOUND,
  });
}

/** The channel of that name in any case; CHANNEL_UNKNOWN lists those of the measurement. */
export function findChannel(measurement: Hdf5Group, wanted: string): JpkChannel {
  const channels = listChannels(measurement);
  const found = channels.find(({ name }) => sameName(name, wanted));
  if (found) return found;
  throw new SluiceError({
    reason: "CHANNEL_UNKNOWN",
    message: "The measurement has no channel of this name.",
    field: "options.channel",
    got: JSON.stringify(wanted),
    allowed: channels.map(({ name }) => name),
    remedy: "Name a channel of the measurement.",
    grpcCode: Code.NOT_FOUND,
  });
}

/**
 * The dataset of a channel: the one named like the channel whatever its case ("MeasuredHeight" for measuredHeight),
 * or else the only one beside the thumbnail.
 */
export function channelDataset({ group, attributes }: JpkChannel): Hdf5Dataset {
  const names = group.keys().filter((name) => name !== "thumbnail" && group.kindOf(name) === "dataset");
  const ownName = attributes.text("channel.name") ?? "";
  const found = names.find((name) => sameName(name, ownName)) ?? (names.length === 1 ? names[0] : undefined);
  if (found !== undefined) return group.dataset(found);
  throw new SluiceError({
    reason: "JPK_DATASET_MISSING",
    message: "The channel has no dataset that bears its name.",
    field: group.path,
    got: names.join(", ") || "nothing",
    allowed: [ownName],
    remedy: "Check that the instrument's software wrote the whole file; take another copy of it.",
    grpcCode: Code.NOT_FOUND,
  });
}

function listChannels(measurement: Hdf5Group): JpkChannel[] {
  return measurement
    .keys()
    .filter((name) => name.startsWith("Channel_") && measurement.kindOf(name) === "group")
    .flatMap((key) => {
      const group = measurement.group(key);
      const attributes = new Attributes(group);
      const name = attributes.text("channel.name");
      const direction = attributes.text("retrace")?.toLowerCase() === "true" ? "retrace" : "trace";
      return name === undefined ? [] : [{ name: `${name}_${direction}`, group, attributes }];
    });
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
