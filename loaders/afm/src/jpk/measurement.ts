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
export async function findMeasurement(file: Hdf5File, wanted: string | undefined): Promise<Hdf5Group> {
  const names = (await membersOf(file, "group")).filter((name) => name.startsWith("Measurement_"));
  const found = names.find((name) => wanted === undefined || sameName(name, wanted));
  if (found !== undefined) return await file.group(found);
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
export async function findChannel(measurement: Hdf5Group, wanted: string): Promise<JpkChannel> {
  const channels = await listChannels(measurement);
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
export async function channelDataset({ group, attributes }: JpkChannel): Promise<Hdf5Dataset> {
  const names = (await membersOf(group, "dataset")).filter((name) => name !== "thumbnail");
  const ownName = attributes.text("channel.name") ?? "";
  const found = names.find((name) => sameName(name, ownName)) ?? (names.length === 1 ? names[0] : undefined);
  if (found !== undefined) return await group.dataset(found);
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

async function listChannels(measurement: Hdf5Group): Promise<JpkChannel[]> {
  const channels: JpkChannel[] = [];
  for (const key of await membersOf(measurement, "group")) {
    if (!key.startsWith("Channel_")) continue;
    const group = await measurement.group(key);
    const attributes = await Attributes.of(group);
    const name = attributes.text("channel.name");
    const direction = attributes.text("retrace")?.toLowerCase() === "true" ? "retrace" : "trace";
    if (name !== undefined) channels.push({ name: `${name}_${direction}`, group, attributes });
  }
  return channels;
}

/** Names of the groups or the datasets in a group, in order. */
export async function membersOf(group: Hdf5Group, kind: "group" | "dataset"): Promise<string[]> {
  const children = await group.children();
  return children.filter((child) => child.kind === kind || child.leadsTo === kind).map(({ name }) => name);
}

function sameName(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
