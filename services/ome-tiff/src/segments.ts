import { copyBox, type DataType, wholeBox } from "@sluice/core";
import { type LevelLayout, type PlaneLayout, stripRows } from "./layout.ts";
import { halve } from "./pyramid.ts";

/** A strip or tile of a plane. */
export interface Segment {
  readonly plane: number;
  /** Index among all segments of the plane, those of reduced levels after those of the full resolution. */
  readonly index: number;
  /** Pixels in a row of it. */
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** A plane's pixels, C order. */
export interface Plane {
  readonly index: number;
  readonly bytes: Uint8Array;
}

/**
 * Cuts a plane into its segments, level by level. Strips are views of the plane; tiles are copies, the part of a tile
 * beyond the image is zero. Masks become 0 and 255. Reduced levels are computed one from the other: a plane and a third are held at most.
 */
export function* segmentsOf(plane: Plane, layout: PlaneLayout, dataType: DataType): Generator<Segment> {
  let { bytes } = plane;
  for (const [depth, level] of layout.levels.entries()) {
    if (depth > 0) bytes = halve(bytes, dataType, layout.levels[depth - 1] as LevelLayout);
    const stored = dataType === "bool" ? maskBytes(bytes) : bytes;
    yield* level.tiled ? tiles(plane.index, level, stored) : strips(plane.index, level, stored);
  }
}

function* strips(plane: number, level: LevelLayout, bytes: Uint8Array): Generator<Segment> {
  for (let row = 0; row < level.rows; row++) {
    const start = row * level.segmentHeight * level.rowBytes;
    const end = start + stripRows(level, row) * level.rowBytes;
    yield { plane, index: level.firstSegment + row, width: level.width, bytes: bytes.subarray(start, end) };
  }
}

function* tiles(plane: number, level: LevelLayout, bytes: Uint8Array): Generator<Segment> {
  const { segmentWidth: width, segmentHeight: height, columns, rows, itemBytes } = level;
  const image = { box: wholeBox([level.height, level.width]), data: bytes };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const data = new Uint8Array(width * height * itemBytes);
      const box = { offset: [row * height, column * width], shape: [height, width] };
      copyBox(image, { box, data }, itemBytes);
      yield { plane, index: level.firstSegment + row * columns + column, width, bytes: data };
    }
  }
}

function maskBytes(bytes: Uint8Array): Uint8Array {
  const stored = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) stored[index] = bytes[index] === 0 ? 0 : 255;
  return stored;
}
