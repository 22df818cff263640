import type { FileHandle } from "node:fs/promises";
import { pipeline, Readable } from "node:stream";
import { createInflateRaw } from "node:zlib";
import { crc32 } from "@sluice/codec";
import { damaged } from "@sluice/npy";
import { readFully } from "@sluice/source";
import { dataPosition, type ZipMember } from "./zip-directory.ts";

const pieceBytes = 256 * 1024;

/** The bytes of a member, piece by piece; when all have come, their count and checksum have been right. */
export async function* memberBytes(file: FileHandle, member: ZipMember): AsyncGenerator<Uint8Array> {
  const { name, method, storedBytes, rawBytes } = member;
  const stored = fileBytes(file, name, await dataPosition(file, member), storedBytes);
  let [crc, count] = [0, 0];
  for await (const piece of method === 8 ? inflated(stored, name) : stored) {
    crc = crc32(piece, crc);
    count += piece.length;
    if (count > rawBytes) break;
    yield piece;
  }
  if (count !== rawBytes) throw damaged(name, `${count > rawBytes ? "more than " : ""}${rawBytes} bytes`);
  if (crc !== member.crc) throw damaged(name, "another checksum than the directory says");
}

/** Bytes of a file from `position` on. Behind the first piece, which may be all that is asked for, one is read ahead. */
export async function* fileBytes(
  file: FileHandle,
  name: string,
  position: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  const read = async (done: number) => {
    const piece = new Uint8Array(Math.min(pieceBytes, length - done));
    if ((await readFully(file, piece, position + done)) === piece.length) return piece;
    throw damaged(name, `the file's end after ${done} of ${length} bytes`);
  };
  let ahead: Promise<Uint8Array> | undefined;
  for (let done = 0; done < length; ) {
    const piece = await (ahead ?? read(done));
    done += piece.length;
    ahead = done > pieceBytes && done < length ? read(done) : undefined;
    // What fails is told when its turn comes.
    ahead?.catch(() => undefined);
    yield piece;
  }
}

async function* inflated(stored: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: pieceBytes });
  // What goes wrong on the way is thrown by the iteration; nothing is left for the callback to say.
  pipeline(Readable.from(stored, { objectMode: false, highWaterMark: 2 }), inflate, () => {});
  try {
    for await (const piece of inflate) yield piece as Uint8Array;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code?.startsWith("Z_") ? damaged(name, code, error) : error;
  }
}
