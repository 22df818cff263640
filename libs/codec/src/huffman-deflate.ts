import type { DeflateContainer } from "./deflate-container.ts";
import { partBytes } from "./huffman-thread.ts";
import { HuffmanThreads } from "./huffman-threads.ts";

/** Header of a zlib stream (RFC 1950) that was made fast: a window of 32 KiB, no dictionary. */
const zlibHeader = [0x78, 0x01];
const adlerBytes = 4;
const adlerModulus = 65521;

const threads = new HuffmanThreads();

/**
 * Deflates `bytes` into one complete stream by Huffman codes and runs, on threads of its own. Bytes beyond 1 MiB are deflated in
 * parts side by side. The result depends on the bytes alone.
 */
export async function huffmanDeflate(container: DeflateContainer, bytes: Uint8Array): Promise<Uint8Array> {
  const zlib = container === "zlib";
  const inputs = partsOf(bytes);
  const parts = await Promise.all(
    inputs.map((input, index) => {
      const last = index === inputs.length - 1;
      const before = zlib && index === 0 ? zlibHeader.length : 0;
      return threads.deflate(input, { last, before, after: zlib && last ? adlerBytes : 0 });
    }),
  );
  const [first] = parts;
  const stream = parts.length === 1 && first ? first.bytes : Buffer.concat(parts.map((part) => part.bytes));
  if (zlib) {
    stream.set(zlibHeader);
    const adler = parts.reduce((before, part, index) => joinAdler(before, part.adler, inputs[index]?.length ?? 0), 1);
    new DataView(stream.buffer, stream.byteOffset).setUint32(stream.length - adlerBytes, adler);
  }
  return stream;
}

function partsOf(bytes: Uint8Array): Uint8Array[] {
  const count = Math.max(1, Math.ceil(bytes.length / partBytes));
  return Array.from({ length: count }, (_, part) => bytes.subarray(part * partBytes, (part + 1) * partBytes));
}

/** Adler-32 of bytes with the checksum `before` and, after them, `length` bytes with the checksum `after`. */
function joinAdler(before: number, after: number, length: number): number {
  const [sumBefore, sumAfter] = [before & 0xffff, after & 0xffff];
  const sum = (sumBefore + sumAfter + adlerModulus - 1) % adlerModulus;
  const shifted = ((sumBefore + adlerModulus - 1) % adlerModulus) * (length % adlerModulus);
  const sumOfSums = ((before >>> 16) + (after >>> 16) + shifted) % adlerModulus;
  return sumOfSums * 0x10000 + sum;
}
