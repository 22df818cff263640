import type { DeflateContainer } from "./deflate-container.ts";
import { partBytes } from "./huffman-thread.ts";
import { HuffmanThreads } from "./huffman-threads.ts";
import { adlerBytes, joinAdler, type Segment, zlibHeader } from "./segment.ts";

const threads = new HuffmanThreads();

/** Which repeats are taken: "runs" are those of items of 1, 2, 4 or 8 bytes, "matches" all kinds in a quick search. */
export type Repeats = "runs" | "matches";

/**
 * Deflates `bytes` into one complete stream, or a part of one, by Huffman codes and repeats, on threads of its own. Bytes
 * beyond 1 MiB are deflated in parts side by side. The result depends on the bytes alone.
 */
export async function huffmanDeflate(
  repeats: Repeats,
  container: DeflateContainer,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  if (container === "part" && bytes.length === 0) return new Uint8Array(0);
  const zlib = container === "zlib";
  const room = zlib ? { before: zlibHeader.length, after: adlerBytes } : { before: 0, after: 0 };
  const { bytes: stream, adler } = await deflateParts(repeats, bytes, container !== "part", room);
  if (zlib) {
    stream.set(zlibHeader);
    new DataView(stream.buffer, stream.byteOffset).setUint32(stream.length - adlerBytes, adler);
  }
  return stream;
}

/** Deflates `bytes` as {@link huffmanDeflate} does into a segment of a stream. */
export function huffmanSegment(repeats: Repeats, bytes: Uint8Array, last: boolean): Promise<Segment> {
  return deflateParts(repeats, bytes, last, { before: 0, after: 0 });
}

/** Adler-32 of `bytes`, on the threads that deflate. */
export async function adler32(bytes: Uint8Array): Promise<number> {
  const inputs = partsOf(bytes);
  const sums = await Promise.all(inputs.map((input) => threads.adler32(input)));
  return sums.reduce((before, sum, index) => joinAdler(before, sum, inputs[index]?.length ?? 0), 1);
}

async function deflateParts(
  repeats: Repeats,
  bytes: Uint8Array,
  ends: boolean,
  room: { readonly before: number; readonly after: number },
): Promise<Segment> {
  const inputs = partsOf(bytes);
  const parts = await Promise.all(
    inputs.map((input, index) => {
      const final = index === inputs.length - 1;
      const before = index === 0 ? room.before : 0;
      return threads.deflate(input, {
        search: repeats === "matches",
        last: ends && final,
        before,
        after: final ? room.after : 0,
      });
    }),
  );
  const [first] = parts;
  const adler = parts.reduce((before, part, index) => joinAdler(before, part.adler, inputs[index]?.length ?? 0), 1);
  const joined = parts.length === 1 && first ? first.bytes : Buffer.concat(parts.map((part) => part.bytes));
  return { bytes: joined, rawBytes: bytes.length, adler };
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, part) => bytes.subarray(part * partBytes, (part + 1) * partBytes));
}
