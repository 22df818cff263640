import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { asDoubles, type DataType, elementCount } from "@sluice/core";
import { openSource, readFully } from "@sluice/source";
import { ByteReader } from "./byte-reader.ts";
import { damaged } from "./fault.ts";
import { type NpyHeader, takeNpyHeader } from "./read-header.ts";
import { littleEndian } from "./swap.ts";

const pieceBytes = 64 * 1024;

/** An .npy file that is open for reading any of its elements. The caller closes it. */
export class NpyFile {
  readonly header: NpyHeader;
  readonly #file: FileHandle;
  /** File name, for problems. */
  readonly #field: string;

  private constructor(file: FileHandle, field: string, header: NpyHeader) {
    this.#file = file;
    this.#field = field;
    this.header = header;
  }

  /**
   * Opens a file and reads its header.
   *
   * @throws SluiceError SOURCE_MISSING, FILE_DAMAGED (no header, or fewer bytes than it says), NPY_TYPE_UNSUPPORTED
   */
  static async open(path: string): Promise<NpyFile> {
    const field = basename(path);
    const file = await openSource(path);
    try {
      const header = await takeNpyHeader(new ByteReader(field, piecesOf(file)), field);
      const { size } = await file.stat();
      if (size < header.headerBytes + header.dataBytes) {
        throw damaged(field, `${size - header.headerBytes} of ${header.dataBytes} bytes`);
      }
      return new NpyFile(file, field, header);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Elements in all. */
  get length(): number {
    return elementCount(this.header.shape);
  }

  /** Bytes of `count` elements from `start` on as they lie in the file, but little endian. */
  async read(start: number, count: number): Promise<Uint8Array> {
    const { type, headerBytes } = this.header;
    const bytes = new Uint8Array(count * type.bytes);
    const filled = await readFully(this.#file, bytes, headerBytes + start * type.bytes);
    if (filled < bytes.length) throw damaged(this.#field, `${filled} of ${bytes.length} bytes`);
    return littleEndian(bytes, type);
  }

  /**
   * `count` elements from `start` on as doubles, which hold integers up to 2^53 exactly.
   *
   * @throws SluiceError FILE_DAMAGED when the file holds no real numbers
   */
  async readNumbers(start = 0, count = this.length): Promise<Float64Array> {
    const { type } = this.header;
    if (type.kind !== "number" || !isReal(type.dataType)) throw damaged(this.#field, "no array of real numbers");
    return asDoubles(type.dataType, await this.read(start, count));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function isReal(dataType: DataType): boolean {
  return dataType !== "bool" && dataType !== "float16" && !dataType.startsWith("complex");
}

async function* piecesOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; ) {
    const piece = new Uint8Array(pieceBytes);
    const filled = await readFully(file, piece, position);
    if (filled === 0) return;
    position += filled;
    yield piece.subarray(0, filled);
  }
}
