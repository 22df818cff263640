import { basename } from "node:path";
import type { DatasetHeader } from "@sluice/core";
import type { FieldOrigin } from "@sluice/proto";
import { movieHeader, origin } from "../movie.ts";
import { Attributes } from "./attributes.ts";
import { frameTimes } from "./frame-times.ts";
import { framesTable, perFrameDatasets } from "./per-frame.ts";
import type { Recording } from "./recording.ts";
import { unitFactor } from "./scaling.ts";

/** The header of the stream: what the file says, each field with the attribute it was read from. */
export async function jpkDataset(recording: Recording, path: string, values: "height" | "raw"): Promise<DatasetHeader> {
  const { measurement, channel, scaling, frames, height, width } = recording;
  const { unit, factor } = unitFactor(scaling.unit);
  const origins: FieldOrigin[] = [];
  const perFrame = await perFrameDatasets(await recording.file.group(recording.measurementPath), frames);
  const times = await frameTimes(perFrame, measurement, height);
  const lineRateHz = measurement.number("timing-settings.scanRate");
  const table = framesTable(perFrame, frames);
  const source = basename(path);
  const grid = (name: string) => measurement.place(`position-pattern.grid.${name}`);
  const pixelSizeNm = {
    x: pixelSize(measurement, "ulength", width),
    y: pixelSize(measurement, "vlength", height),
  };
  origins.push(
    pixelOrigin("x", pixelSizeNm.x, `${grid("ulength")} / ilength`),
    pixelOrigin("y", pixelSizeNm.y, `${grid("vlength")} / jlength`),
    origin(
      "image.line_rate",
      lineRateHz === undefined ? "absent" : "read",
      measurement.place("timing-settings.scanRate"),
    ),
    origin("image.channel", "read", channel.attributes.place("channel.name, @retrace")),
    origin(
      values === "raw" ? "image.value_scale" : "image.values",
      scaling.kind,
      `${scaling.detail} in ${scaling.unit}; rows turned upside down`,
    ),
    ...times.origins,
    ...perFrame.origins,
  );
  const described = await describe(recording);
  return movieHeader({
    name: source.replace(/\.h5-jpk$/i, ""),
    source,
    channel: channel.name,
    unit,
    ...(values === "raw"
      ? {
          dataType: recording.dataType,
          valueScale: scaling.multiplier * factor,
          valueOffset: scaling.offset * factor,
        }
      : { dataType: "float32" }),
    frames,
    height,
    width,
    pixelSizeNm,
    frameIntervalSeconds: times.intervalSeconds,
    timesRecorded: times.startTimes !== undefined,
    lineRateHz,
    ...(table ? { framesTable: table } : {}),
    metadata: described.metadata,
    sessionStartTime: times.sessionStartTime,
    origins: [...origins, ...described.origins],
  });
}

/** Size of a pixel in nanometres; undefined where the file gives the grid in no length. */
function pixelSize(measurement: Attributes, length: string, pixels: number): number | undefined {
  const unit = measurement.text("position-pattern.grid.unit.unit");
  if (unit !== "m") return undefined;
  return (measurement.positive(`position-pattern.grid.${length}`) / pixels) * 1e9;
}

function pixelOrigin(axis: string, size: number | undefined, detail: string): FieldOrigin {
  return origin(`image.pixel_size.${axis}`, size === undefined ? "absent" : "derived", detail);
}

/** All attributes as they are, and under NWB's names those that have one. */
async function describe({ file, measurement, measurementPath, channel }: Recording): Promise<{
  metadata: Record<string, unknown>;
  origins: FieldOrigin[];
}> {
  const metadata: Record<string, unknown> = {
    jpk: {
      file: (await Attributes.of(file)).toJson(),
      measurement: measurement.toJson(),
      channel: channel.attributes.toJson(),
    },
  };
  const origins = [origin("metadata.jpk", "read", `attributes of /, ${measurementPath} and ${channel.group.path}`)];
  for (const [name, attribute] of [
    ["experimenter", "description.user-name"],
    ["session_description", "description.name"],
    ["notes", "description.comment"],
  ] as const) {
    const text = measurement.text(attribute);
    if (text !== undefined) metadata[name] = text;
    origins.push(origin(`metadata.${name}`, text === undefined ? "absent" : "read", measurement.place(attribute)));
  }
  return { metadata, origins };
}
