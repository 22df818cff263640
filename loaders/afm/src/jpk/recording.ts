import { type DataType, SluiceError } from "@sluice/core";
import type { Hdf5Dataset, Hdf5File } from "@sluice/hdf5";
import { Attributes } from "./attributes.ts";
import { channelDataset, findChannel, findMeasurement, type JpkChannel } from "./measurement.ts";
import { type ChannelScaling, channelScaling } from "./scaling.ts";

/** Frames above 8192 x 8192 come from damaged files: no instrument scans them. */
const maximumPixels = 8192 * 8192;

const imageTypes = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64"] as const;

/** One channel of one measurement, in a file that is open. */
export interface Recording {
  readonly file: Hdf5File;
  readonly measurement: Attributes;
  readonly measurementPath: string;
  readonly channel: JpkChannel;
  /** [height * width, frames]: a column per frame, rows from the bottom of the image to its top. */
  readonly dataset: Hdf5Dataset;
  readonly dataType: (typeof imageTypes)[number];
  readonly scaling: ChannelScaling;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** Finds a channel and checks that its dataset fits the grid of the measurement. */
export async function openRecording(
  file: Hdf5File,
  measurementName: string | undefined,
  channelName: string,
): Promise<Recording> {
  const group = await findMeasurement(file, measurementName);
  const channel = await findChannel(group, channelName);
  const measurement = await Attributes.of(group);
  const dataset = await channelDataset(channel);
  const width = pixelCount(measurement, "position-pattern.grid.ilength");
  const height = pixelCount(measurement, "position-pattern.grid.jlength");
  const [pixels, frames = 0, ...rest] = dataset.shape ?? [];
  if (pixels !== width * height || frames < 1 || rest.length > 0 || pixels > maximumPixels) {
    throw misfit(dataset, width, height);
  }
  return {
    file,
    measurement,
    measurementPath: group.path,
    channel,
    dataset,
    dataType: imageType(dataset),
    scaling: channelScaling(channel.attributes),
    frames,
    height,
    width,
  };
}

function pixelCount(attributes: Attributes, name: string): number {
  const value = attributes.positive(name);
  if (Number.isInteger(value)) return value;
  throw attributes.invalid(name, "a whole number");
}

function imageType(dataset: Hdf5Dataset): Recording["dataType"] {
  const type: DataType | undefined = dataset.dataType;
  const found = imageTypes.find((name) => name === type);
  if (found) return found;
  throw new SluiceError({
    reason: "JPK_TYPE_UNSUPPORTED",
    message: "The channel holds values that are no image.",
    field: dataset.path,
    got: type ?? "no numbers",
    allowed: imageTypes,
    remedy: "Export another channel.",
  });
}

function misfit(dataset: Hdf5Dataset, width: number, height: number): SluiceError {
  return new SluiceError({
    reason: "JPK_SHAPE_MISMATCH",
    message: "The dataset of the channel does not fit the grid of the measurement.",
    field: dataset.path,
    got: `[${(dataset.shape ?? []).join(", ")}]`,
    allowed: [`[${width * height}, 1 or more frames], at most ${maximumPixels} pixels a frame`],
    remedy: "Check that the instrument's software wrote the whole file; take another copy of it.",
  });
}
