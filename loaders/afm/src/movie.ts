import { type DatasetHeader, type DataType, itemSize } from "@sluice/core";
import {
  type ArraySpec,
  AxisType,
  ChunkOrder,
  type FieldOrigin,
  Origin,
  type ProvenanceStep,
  type TableSpec,
} from "@sluice/proto";

/** Handle of the image array in the streams of this package. */
export const imageArrayId = 1;

/** Handle of the frame times, where they are recorded. */
export const timestampsArrayId = 2;

/** Largest payload of a chunk, in bytes. */
const maximumChunkBytes = 1024 * 1024;

/** What both microscopes and the simulation tell of a movie. */
export interface Movie {
  readonly name: string;
  /** Base name of the file; empty when there is none. */
  readonly source: string;
  readonly channel: string;
  readonly dataType: DataType;
  /** Unit of the values, after `valueScale` and `valueOffset` where these are given. */
  readonly unit: string;
  readonly valueScale?: number;
  readonly valueOffset?: number;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
  /** Size of a pixel; absent when not known. */
  readonly pixelSizeNm: { readonly x?: number | undefined; readonly y?: number | undefined };
  /** Seconds from frame to frame, or recorded times of each frame; absent when not known. */
  readonly frameIntervalSeconds?: number | undefined;
  readonly timesRecorded?: boolean;
  readonly lineRateHz?: number | undefined;
  readonly framesTable?: TableSpec;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly records?: Readonly<Record<string, unknown>>;
  readonly sessionStartTime?: Date | undefined;
  readonly steps?: readonly ProvenanceStep[];
  readonly origins: readonly FieldOrigin[];
}

/** Header of the stream: image [t, y, x], where recorded the array of its frame times, and the table of its frames. */
export function movieHeader(movie: Movie): DatasetHeader {
  return {
    dataset: {
      name: movie.name,
      imageStacks: [
        {
          imageArray: "image",
          lineRateHz: movie.lineRateHz,
          channels: [{ name: movie.channel }],
          layers: [],
          maskArrays: [],
          framesTable: movie.framesTable?.name ?? "",
          imagingPlane: undefined,
          modality: "atomic force microscopy",
        },
      ],
      spikeTrains: [],
      segmentations: [],
      responses: [],
      kymographs: [],
      records: movie.records && { ...movie.records },
      metadata: { ...movie.metadata },
      provenance: {
        steps: [...(movie.steps ?? [])],
        source: movie.source,
        acquiredTime: movie.sessionStartTime,
        environment: {},
      },
      sessionStartTime: movie.sessionStartTime,
      origins: [...movie.origins],
    },
    arrays: movie.timesRecorded ? [imageSpec(movie), timestampsSpec(movie.frames)] : [imageSpec(movie)],
    tables: movie.framesTable ? [movie.framesTable] : [],
  };
}

/** Rows of a frame that fit one chunk: the whole frame unless it is larger than 1 MiB. */
export function rowsPerChunk(width: number, height: number, dataType: DataType): number {
  return Math.max(1, Math.min(height, Math.floor(maximumChunkBytes / (width * itemSize[dataType]))));
}

/** How a field came to be known. */
export function origin(field: string, kind: keyof typeof kinds, detail = ""): FieldOrigin {
  return { field, origin: kinds[kind], detail };
}

const kinds = {
  given: Origin.ORIGIN_GIVEN,
  read: Origin.ORIGIN_READ,
  derived: Origin.ORIGIN_DERIVED,
  defaulted: Origin.ORIGIN_DEFAULTED,
  absent: Origin.ORIGIN_ABSENT,
} as const;

function imageSpec(movie: Movie): ArraySpec {
  const { frames, height, width, pixelSizeNm } = movie;
  return {
    arrayId: imageArrayId,
    name: "image",
    dataType: movie.dataType,
    axes: [
      {
        name: "t",
        type: AxisType.AXIS_TYPE_TIME,
        size: frames,
        unit: "second",
        scale: movie.frameIntervalSeconds,
        origin: 0,
        coordinatesArray: movie.timesRecorded ? "timestamps" : "",
        labels: [],
      },
      spaceAxis("y", height, pixelSizeNm.y),
      spaceAxis("x", width, pixelSizeNm.x),
    ],
    chunkShape: [1, rowsPerChunk(width, height, movie.dataType), width],
    order: ChunkOrder.CHUNK_ORDER_ROW_MAJOR,
    unit: movie.unit,
    valueScale: movie.valueScale,
    valueOffset: movie.valueOffset,
    ragged: false,
    attributes: undefined,
  };
}

function spaceAxis(name: string, size: number, pixelSizeNm: number | undefined): ArraySpec["axes"][number] {
  return {
    name,
    type: AxisType.AXIS_TYPE_SPACE,
    size,
    unit: "nanometer",
    scale: pixelSizeNm,
    origin: 0,
    coordinatesArray: "",
    labels: [],
  };
}

function timestampsSpec(frames: number): ArraySpec {
  return {
    arrayId: timestampsArrayId,
    name: "timestamps",
    dataType: "float64",
    axes: [
      {
        name: "t",
        type: AxisType.AXIS_TYPE_TIME,
        size: frames,
        unit: "",
        scale: undefined,
        origin: 0,
        coordinatesArray: "",
        labels: [],
      },
    ],
    chunkShape: [Math.min(frames, maximumChunkBytes / itemSize.float64)],
    order: ChunkOrder.CHUNK_ORDER_ROW_MAJOR,
    unit: "s",
    valueScale: undefined,
    valueOffset: undefined,
    ragged: false,
    attributes: undefined,
  };
}
