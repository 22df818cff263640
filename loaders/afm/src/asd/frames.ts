import type { FileHandle } from "node:fs/promises";
import { arrayEndFrame, asBytes, asElements, Code, chunkFrame, SluiceError } from "@sluice/core";
import type { Frame, TableSpec } from "@sluice/proto";
import { openSource, readFully } from "@sluice/source";
import { imageArrayId, rowsPerChunk } from "../movie.ts";
import { TableRows } from "../table-rows.ts";
import { readFields } from "./field-table.ts";
import type { AsdHeader } from "./header.ts";
import { frameHeader, frameHeaderBytes } from "./layout.ts";
import { type LevelScale, toQuantity } from "./levels.ts";

/** Where the frames of a channel lie, and what becomes of their levels. */
export interface FrameSource {
  readonly path: string;
  readonly header: AsdHeader;
  /** Byte of the channel's first frame. */
  readonly start: number;
  readonly wholeFrames: number;
  /** Absent: the levels stay as they are. */
  readonly scale?: LevelScale;
  readonly framesTable: TableSpec;
}

/**
 * The frames of one channel, chunk by chunk, with a row of the frames table each. Memory: one chunk and one batch.
 * When fewer frames are whole than announced the image is closed after the last whole one.
 */
export async function* readFrames(source: FrameSource, signal?: AbortSignal): AsyncGenerator<Frame, void, undefined> {
  const { header, wholeFrames } = source;
  const { width, height } = header;
  const rows = rowsPerChunk(width, height, source.scale ? "float32" : "int16");
  const table = new TableRows(source.framesTable);
  const file = await openSource(source.path);
  try {
    for (let index = 0; index < wholeFrames; index++) {
      let position = source.start + index * header.frameBytes;
      const fields = readFields(frameHeader, await readExactly(file, position, frameHeaderBytes, index), 0);
      yield* table.add([...fields.entries()].map(([, { value }]) => Number(value)));
      position += frameHeaderBytes;
      for (let row = 0; row < height; row += rows) {
        signal?.throwIfAborted();
        const count = Math.min(rows, height - row);
        const bytes = await readExactly(file, position, 2 * count * width, index);
        position += bytes.length;
        const data = source.scale ? asBytes(toQuantity(asElements("int16", bytes), source.scale)) : bytes;
        yield chunkFrame({ arrayId: imageArrayId, offset: [index, row, 0], shape: [1, count, width], data });
      }
    }
    yield* table.flush();
    if (wholeFrames < header.frames) {
      yield arrayEndFrame({ arrayId: imageArrayId, shape: [wholeFrames, height, width] });
    }
  } finally {
    await file.close();
  }
}

/** Bytes of a file from `position`, or ASD_TRUNCATED: a file may be cut while it is read. */
async function readExactly(file: FileHandle, position: number, length: number, frame: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const bytesRead = await readFully(file, bytes, position);
  if (bytesRead === length) return bytes;
  throw new SluiceError({
    reason: "ASD_TRUNCATED",
    message: `The file ends inside frame ${frame}; it became shorter while it was read.`,
    field: `frame ${frame} @ byte ${position}`,
    got: `${bytesRead} bytes`,
    allowed: [`${length} bytes`],
    remedy: "Export the file again when no other program writes to it.",
    grpcCode: Code.DATA_LOSS,
  });
}
