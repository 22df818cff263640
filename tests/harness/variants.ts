import { type DatasetStream, type DataType, itemSize, type RawOptions } from "@sluice/core";
import { memoryStream } from "@sluice/core/testing";
import { writeOmeTiff } from "./movies.ts";
import { pixelBytes } from "./pixels.ts";
import { sha256 } from "./stream-values.ts";

/** An OME-TIFF of one kind that our exporter can write, with what any reader must find in it. */
export interface Variant {
  readonly name: string;
  readonly dataType: DataType;
  /** Slowest axis first, by name. */
  readonly axes: Readonly<Record<string, number>>;
  readonly options: RawOptions;
  /** Length of axis 0 is not said before the end. */
  readonly unknownLength?: boolean;
  /** Chunk shape of the stream; one plane by default. */
  readonly chunking?: readonly number[];
}

/** A variant as a file. */
export interface WrittenVariant extends Variant {
  readonly path: string;
  readonly shape: readonly number[];
  /** Little-endian values in C order. */
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

const exactTypes = [
  "uint8",
  "int8",
  "uint16",
  "int16",
  "uint32",
  "int32",
  "float32",
  "float64",
  "complex64",
  "complex128",
] as const;

const hasZstd = "zstdCompress" in (await import("node:zlib"));

/** Compressions that this Node can write. */
const compressions = ["none", "deflate", "small", ...(hasZstd ? ["zstd"] : [])];

/** Every data type, compression, cut, size of file, order of axes and pyramid that the exporter offers. */
export const variants: readonly Variant[] = [
  ...exactTypes.flatMap((dataType) =>
    compressions.map((compression) =>
      variant(`${dataType}-${compression}`, dataType, { t: 3, y: 37, x: 29 }, { compression }),
    ),
  ),
  ...(["uint16", "float32"] as const).flatMap((dataType) =>
    [1, 6, 9].map((level) => variant(`${dataType}-level-${level}`, dataType, { t: 2, y: 37, x: 29 }, { level })),
  ),
  variant("mask", "bool", { t: 3, y: 37, x: 29 }),
  variant("one-frame", "uint16", { y: 37, x: 29 }),
  variant("one-pixel", "uint8", { t: 3, y: 1, x: 1 }),
  variant("odd-bytes", "uint8", { t: 5, y: 3, x: 3 }, { compression: "none" }),
  variant("big-tiff", "uint16", { t: 3, y: 37, x: 29 }, { bigTiff: true }),
  variant("big-tiff-none", "float32", { t: 3, y: 37, x: 29 }, { bigTiff: true, compression: "none" }),
  variant("strips", "uint16", { t: 2, y: 1200, x: 700 }),
  variant("strips-none", "uint8", { t: 2, y: 1801, x: 701 }, { compression: "none" }),
  ...compressions.map((compression) =>
    variant(`tiles-${compression}`, "uint16", { t: 2, y: 100, x: 90 }, { tileSize: 32, compression }),
  ),
  variant("tiles-float", "float32", { t: 2, y: 100, x: 90 }, { tileSize: 64, compression: "small" }),
  ...(["uint8", "int16", "float32", "complex64"] as const).map((dataType) =>
    variant(`pyramid-${dataType}`, dataType, { t: 2, y: 201, x: 130 }, { tileSize: 32, pyramid: true }),
  ),
  variant("pyramid-big-tiff", "uint16", { t: 2, c: 2, y: 150, x: 130 }, { tileSize: 48, pyramid: 2, bigTiff: true }),
  ...["tczyx", "tzcyx", "ctzyx", "cztyx", "zctyx", "ztcyx"].map((order) =>
    variant(`order-${order}`, "uint16", axesInOrder(order), { compression: "none" }),
  ),
  { ...variant("unknown-length", "uint16", { t: 5, c: 2, y: 37, x: 29 }), unknownLength: true },
  { ...variant("small-chunks", "float32", { t: 4, z: 3, y: 37, x: 29 }), chunking: [1, 2, 10, 13] },
];

/** Writes all variants into a folder. */
export async function writeVariants(folder: string): Promise<WrittenVariant[]> {
  const written: WrittenVariant[] = [];
  for (const item of variants) {
    const bytes = bytesOf(item);
    const { path } = await writeOmeTiff(streamOf(item, bytes), folder, item.name, item.options);
    const values = stored(item, bytes);
    written.push({ ...item, path, shape: Object.values(item.axes), bytes: values, sha256: sha256(values) });
  }
  return written;
}

/** Paths of the files. */
export function pathsOf(files: readonly WrittenVariant[]): string[] {
  return files.map((file) => file.path);
}

/** Pixel sizes, times and channel names that every variant carries. */
export const carried = {
  pixelSizeNm: { z: 100, y: 2.5, x: 1.171875 },
  secondsBetweenFrames: 0.75,
  channelName: (index: number) => `channel µ<${index}>`,
} as const;

function variant(name: string, dataType: DataType, axes: Variant["axes"], options: RawOptions = {}): Variant {
  return { name, dataType, axes, options };
}

function axesInOrder(order: string): Record<string, number> {
  const sizes: Record<string, number> = { t: 3, c: 2, z: 4, y: 11, x: 13 };
  return Object.fromEntries(order.split("").map((name) => [name, sizes[name] as number]));
}

function bytesOf({ axes, dataType, options, name }: Variant): Uint8Array {
  const count = Object.values(axes).reduce((product, length) => product * length, 1);
  return pixelBytes(dataType, count, name.length, options["pyramid"] === undefined && count > 10);
}

/** A mask is stored as 0 and 255. */
function stored({ dataType }: Variant, bytes: Uint8Array): Uint8Array {
  return dataType === "bool" ? bytes.map((value) => 255 * value) : bytes;
}

function streamOf({ axes, dataType, unknownLength, chunking }: Variant, data: Uint8Array): DatasetStream {
  const shape = Object.values(axes);
  const channels = Array.from({ length: axes["c"] ?? 1 }, (_, index) => ({
    name: carried.channelName(index),
    emissionNm: undefined,
    excitationNm: undefined,
    color: undefined,
  }));
  const described = Object.keys(axes).map((name) => {
    if (name === "c") return { name };
    if (name === "t") return { name, unit: "second", scale: carried.secondsBetweenFrames };
    return { name, unit: "nanometer", scale: carried.pixelSizeNm[name as "z" | "y" | "x"] };
  });
  const planes = shape.map((length, axis) => (axis < shape.length - 2 ? 1 : length));
  if (data.length % itemSize[dataType] !== 0) throw new Error("not whole elements");
  return memoryStream([{ name: "image", dataType, shape, data, axes: described }], {
    imageStack: { channels, modality: "test" },
    dataset: { name: "variant" },
    chunking: chunking ?? planes,
    unknownLength: unknownLength ?? false,
  });
}
