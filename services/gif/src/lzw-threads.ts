import { AnsweringThread, Threads } from "@sluice/codec";
import { encodeLzw, lzwBound, lzwTableLength } from "./lzw.ts";

const program = `
  const { parentPort } = require("node:worker_threads");
  const encode = ${encodeLzw.toString()};
  const bound = ${lzwBound.toString()};
  const table = new Uint32Array(${lzwTableLength});
  let out = new Uint8Array(0);
  parentPort.on("message", (pixels) => {
    if (out.length < bound(pixels.length)) out = new Uint8Array(bound(pixels.length));
    const bytes = out.slice(0, encode(pixels, table, out));
    parentPort.postMessage(bytes, [bytes.buffer]);
  });
`;

const threads = new Threads(
  () => new AnsweringThread<Uint8Array>(program, { name: "sluice-lzw", does: "encodes frames" }),
);

/**
 * Encodes the pixels of a frame by {@link encodeLzw} on a thread. Threads start at need, are shared by all exports of
 * the process, and live on.
 *
 * @param pixels all of their buffer; read where they lie when that is shared memory, so that they stay as they are until
 *   the call resolves, and copied otherwise
 */
export function encodeOnThread(pixels: Uint8Array): Promise<Uint8Array> {
  return threads.idlest().ask(pixels);
}
