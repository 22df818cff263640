import type { FileHandle } from "node:fs/promises";
import { basename } from "node:path";
import { ByteReader, damaged, littleEndian, type NpyHeader, takeNpyHeader, unreadable } from "@sluice/npy";
import { openSource, readFully } from "@sluice/source";
import { transposed } from "./c-order.ts";
import { fileBytes, memberBytes } from "./member-bytes.ts";
import { pickledText } from "./pickle/pickle-text.ts";
import { readDirectory, type ZipMember } from "./zip-directory.ts";

/** An array of a file. */
export interface NpyMember {
  readonly key: string;
  readonly header: NpyHeader;
  /** Bytes of the header and the data. */
  readonly bytes: number;
  /** Undefined when the file itself is the array. */
  readonly zip: ZipMember | undefined;
}

/** The elements of an array in C order, little endian. */
export interface ValueReader {
  /** The next so many elements, in memory that nobody else writes to. */
  take(elements: number): Promise<Uint8Array>;
  /** Makes sure that there were no more, and that all were as they were written. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** Texts and pickled texts up to this size are read as a whole. */
const largestText = 512 * 1024 * 1024;
/** Rows and texts of arrays are held one by one at least. */
const largestElement = 64 * 1024 * 1024;
const mostMembers = 65_536;

/** An .npz or .npy file. */
export class Archive {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<Archive> {
    return new Archive(await openSource(path));
  }

  /** The arrays of the file; members that are no .npy are none of them. */
  async members(path: string): Promise<NpyMember[]> {
    const start = new Uint8Array(2);
    await readFully(this.#file, start, 0);
    if (String.fromCharCode(...start) !== "PK") {
      const { size } = await this.#file.stat();
      return [await this.#member({ key: keyOf(basename(path)), bytes: size, zip: undefined })];
    }
    const entries = (await readDirectory(this.#file)).filter(({ name }) => name.endsWith(".npy"));
    if (entries.length > mostMembers) throw damaged("file", `${entries.length} members`);
    const members: NpyMember[] = [];
    for (const zip of entries) members.push(await this.#member({ key: keyOf(zip.name), bytes: zip.rawBytes, zip }));
    return members;
  }

  /** Opens the values of an array. */
  async values(member: NpyMember): Promise<ValueReader> {
    const { key, header } = member;
    const { type, shape, fortranOrder, headerBytes, dataBytes } = header;
    if (type.bytes > largestElement) throw tooLarge(key, type.bytes, largestElement);
    const pieces = this.#pieces(member);
    let reader = new ByteReader(key, pieces);
    await reader.take(headerBytes);
    if (fortranOrder) {
      const columns = await reader.take(requireHeld(dataBytes, key));
      await reader.end();
      reader = new ByteReader(key, one(transposed(columns, shape, type.bytes)));
    }
    return {
      take: async (elements) => littleEndian(await reader.take(elements * type.bytes), type),
      end: () => reader.end(),
      close: () => reader.close(),
    };
  }

  /** All data of a small array. TEXT_TOO_LARGE for one that is none. */
  async whole(member: NpyMember): Promise<Uint8Array> {
    const { key, header, bytes } = member;
    const length = bytes - header.headerBytes;
    if (length > largestText) throw tooLarge(key, length, largestText);
    const reader = new ByteReader(key, this.#pieces(member));
    try {
      await reader.take(header.headerBytes);
      const data = await reader.take(length);
      await reader.end();
      return data;
    } finally {
      await reader.close();
    }
  }

  /** The text of a pickled 0-d array; undefined when it holds anything else. */
  async pickledText(member: NpyMember): Promise<string | undefined> {
    return pickledText(await this.whole(member));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #member(parts: Omit<NpyMember, "header">): Promise<NpyMember> {
    const reader = new ByteReader(parts.key, this.#pieces(parts));
    try {
      const header = await takeNpyHeader(reader, parts.key);
      const expected = header.headerBytes + header.dataBytes;
      if (header.type.kind !== "object" && expected !== parts.bytes) {
        throw damaged(parts.key, `${parts.bytes} bytes for an array of ${expected}`);
      }
      return { ...parts, header };
    } finally {
      await reader.close();
    }
  }

  #pieces({ key, bytes, zip }: Omit<NpyMember, "header">): AsyncGenerator<Uint8Array> {
    return zip ? memberBytes(this.#file, zip) : fileBytes(this.#file, key, 0, bytes);
  }
}

/** Most that is held of an array in Fortran order, whose elements come in another order than they leave. */
const mostHeld = 1024 * 1024 * 1024;

function requireHeld(bytes: number, key: string): number {
  if (bytes <= mostHeld) return bytes;
  throw unreadable(
    "FORTRAN_ORDER_TOO_LARGE",
    key,
    "An array in Fortran order is turned in memory, and this one is large.",
    {
      got: `${bytes} bytes`,
      allowed: [`up to ${mostHeld} bytes`],
      remedy: "Save it with numpy.ascontiguousarray.",
    },
  );
}

function tooLarge(key: string, got: number, most: number): Error {
  return unreadable("TEXT_TOO_LARGE", key, "A text or a row is too large.", {
    got: `${got} bytes`,
    allowed: [`up to ${most} bytes`],
    remedy: "Name the keys to read by the option keys.",
  });
}

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function keyOf(name: string): string {
  return name.replace(/\.npy$/, "");
}
