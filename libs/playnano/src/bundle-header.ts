import { Code, type DatasetHeader, type DataType, itemSize, SluiceError } from "@sluice/core";
import {
  type ArraySpec,
  type Axis,
  AxisType,
  ChunkOrder,
  type DatasetSpec,
  type FieldOrigin,
  Origin,
} from "@sluice/proto";
import { frameSeconds, framesTable, hasTimes, secondsBeforeEdit } from "./frame-records.ts";
import { isJsonObject, type JsonObject } from "./json.ts";
import { layerFolder, maskFolder, provenanceRecord, rawKey, stateBackupsRecord } from "./keys.ts";
import { dateOf, recordedAcquisition, recordedProvenance } from "./recorded-provenance.ts";
import {
  imageArrayId,
  type StoredArray,
  type StoredBundle,
  timestampsArrayId,
  timestampsBeforeEditArrayId,
} from "./stored-bundle.ts";

/** Array of the times of the layer `raw`, where frames were dropped since. */
const beforeEdit = "timestamps_before_edit";

/**
 * Header of the dataset that a bundle holds: arrays image, timestamps, processed/KEY, masks/KEY, table frames; and
 * timestamps_before_edit, where the layer `raw` has frames that were dropped since.
 *
 * @throws SluiceError PLAYNANO_SHAPE_INVALID, PLAYNANO_PIXEL_SIZE_INVALID
 */
export function bundleHeader(stored: StoredBundle): DatasetHeader {
  checkShapes(stored);
  const { data, metadata, pixelSizeNm, channel } = stored;
  const frames = data.shape[0] as number;
  const own = recordedAcquisition(metadata.provenance);
  const timed = hasTimes(frameSeconds(stored));
  const table = framesTable(stored);
  let nextId = timestampsBeforeEditArrayId + 1;
  const arraysOf = (folder: string, arrays: ReadonlyMap<string, StoredArray>) =>
    [...arrays].map(([key, array]) => imageSpec(nextId++, `${folder}${key}`, array, pixelSizeNm, ""));
  const unit = text(own["unit"]);
  const image = { ...imageSpec(imageArrayId, "image", data, pixelSizeNm, timed ? "timestamps" : ""), unit };
  const layers = arraysOf(layerFolder, stored.processed);
  const masks = arraysOf(maskFolder, stored.masks);
  for (const spec of [...layers, ...masks]) {
    const axis = spec.axes[0] as Axis;
    if (timed && axis.size === frames) axis.coordinatesArray = "timestamps";
  }
  for (const layer of layers) layer.unit = unit;
  const before = secondsBeforeEdit(stored);
  const raw = layers.find(({ name }) => name === `${layerFolder}${rawKey}`);
  if (before && raw) (raw.axes[0] as Axis).coordinatesArray = beforeEdit;
  const lineRate = commonLineRate(stored);
  const dataset: DatasetSpec = {
    name: stored.fileName.replace(/\.[^.]+$/, ""),
    imageStacks: [
      {
        imageArray: image.name,
        lineRateHz: lineRate,
        channels: channel === "" ? [] : [{ name: channel }],
        layers: layers.map(({ name }) => ({ name: name.slice(layerFolder.length), array: name })),
        maskArrays: masks.map(({ name }) => name),
        framesTable: table?.name ?? "",
        imagingPlane: undefined,
        modality: text(own["modality"]) || "atomic force microscopy",
      },
    ],
    spikeTrains: [],
    segmentations: [],
    responses: [],
    kymographs: [],
    records: {
      ...object(own["records"]),
      [provenanceRecord]: metadata.provenance,
      ...(metadata.stateBackups ? { [stateBackupsRecord]: metadata.stateBackups } : {}),
    },
    metadata: isJsonObject(own["metadata"]) ? { ...own["metadata"] } : undefined,
    provenance: recordedProvenance(metadata.provenance, stored.fileName),
    sessionStartTime: dateOf(own["session_start_time"]),
    origins: originsOf(stored, timed, lineRate),
  };
  const times = [
    ...(timed ? [timesSpec(timestampsArrayId, "timestamps", frames)] : []),
    ...(before ? [timesSpec(timestampsBeforeEditArrayId, beforeEdit, before.length)] : []),
  ];
  return { dataset, arrays: [image, ...times, ...layers, ...masks], tables: table ? [table] : [] };
}

function imageSpec(
  arrayId: number,
  name: string,
  { dataType, shape }: StoredArray,
  pixelSizeNm: number,
  coordinatesArray: string,
): ArraySpec {
  const [frames = 0, height = 0, width = 0] = shape;
  const axes = [
    axisOf("t", AxisType.AXIS_TYPE_TIME, frames, { unit: "second", coordinatesArray }),
    axisOf("y", AxisType.AXIS_TYPE_SPACE, height, { unit: "nanometer", scale: pixelSizeNm }),
    axisOf("x", AxisType.AXIS_TYPE_SPACE, width, { unit: "nanometer", scale: pixelSizeNm }),
  ];
  return arraySpec(arrayId, name, dataType, axes, [1, height, width]);
}

function timesSpec(arrayId: number, name: string, frames: number): ArraySpec {
  const axes = [axisOf("t", AxisType.AXIS_TYPE_TIME, frames, {})];
  const chunk = [Math.min(frames, 2 ** 20 / itemSize.float64)];
  return { ...arraySpec(arrayId, name, "float64", axes, chunk), unit: "s" };
}

function axisOf(name: string, type: AxisType, size: number, parts: Partial<Axis>): Axis {
  return { name, type, size, unit: "", scale: undefined, origin: 0, coordinatesArray: "", labels: [], ...parts };
}

function arraySpec(arrayId: number, name: string, dataType: DataType, axes: Axis[], chunkShape: number[]): ArraySpec {
  return {
    arrayId,
    name,
    dataType,
    axes,
    chunkShape,
    order: ChunkOrder.CHUNK_ORDER_ROW_MAJOR,
    unit: "",
    valueScale: undefined,
    valueOffset: undefined,
    ragged: false,
    attributes: undefined,
  };
}

/** Line rate of the stack when every frame has the same one. */
function commonLineRate({ metadata: { frames } }: StoredBundle): number | undefined {
  const rates = new Set(frames.map((frame) => frame["line_rate"]));
  const [rate] = rates;
  return rates.size === 1 && typeof rate === "number" && rate > 0 ? rate : undefined;
}

function originsOf({ channel }: StoredBundle, timed: boolean, lineRate: number | undefined): FieldOrigin[] {
  const origin = (field: string, known: boolean, detail: string) => ({
    field,
    origin: known ? Origin.ORIGIN_READ : Origin.ORIGIN_ABSENT,
    detail,
  });
  return [
    origin("image.pixel_size.x", true, "pixel_size_nm"),
    origin("image.pixel_size.y", true, "pixel_size_nm"),
    origin("image.channel", channel !== "", "channel"),
    origin("image.times", timed, "timestamp of frame_metadata_json"),
    origin("image.line_rate", lineRate !== undefined, "line_rate of frame_metadata_json"),
  ];
}

function checkShapes(stored: StoredBundle): void {
  const { data, processed, masks, timestamps, metadata, pixelSizeNm } = stored;
  if (!(pixelSizeNm > 0 && Number.isFinite(pixelSizeNm))) {
    throw invalid(
      "PIXEL_SIZE",
      "pixel_size_nm",
      "The size of a pixel is no size.",
      String(pixelSizeNm),
      "a number > 0",
    );
  }
  const named = [["data", data], ...entries("processed", processed), ...entries("masks", masks)] as const;
  for (const [name, { shape }] of named) {
    if (shape.length !== 3) throw invalid("SHAPE", name, "The array is no movie.", describe(shape), "3 axes");
  }
  const shapes = new Set([data, ...processed.values()].map(({ shape }) => describe(shape)));
  for (const [key, { shape }] of masks) {
    if (shapes.has(describe(shape))) continue;
    const message = "The mask has the shape of neither the data nor a layer.";
    throw invalid("SHAPE", `masks/${key}`, message, describe(shape), [...shapes].join(", "));
  }
  const frames = data.shape[0] as number;
  if (timestamps && timestamps.length !== frames) {
    const message = "There is not one time for each frame.";
    throw invalid("SHAPE", "timestamps", message, `${timestamps.length} times`, `${frames}`);
  }
  if (metadata.frames.length > frames && !timestamps) {
    const message = "There are more entries than frames.";
    throw invalid("SHAPE", "frame_metadata_json", message, `${metadata.frames.length} entries`, `at most ${frames}`);
  }
}

function entries(folder: string, arrays: ReadonlyMap<string, StoredArray>): [string, StoredArray][] {
  return [...arrays].map(([key, array]) => [`${folder}/${key}`, array]);
}

function describe(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

function invalid(what: string, field: string, message: string, got: string, allowed: string): SluiceError {
  return new SluiceError({
    reason: `PLAYNANO_${what}_INVALID`,
    message,
    field,
    got,
    allowed: [allowed],
    remedy: "Export the stack from playNano again, or read the file as a generic one.",
    grpcCode: Code.FAILED_PRECONDITION,
  });
}

function object(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
