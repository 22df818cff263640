import { op, type Protocol } from "./opcodes.ts";

/**
 * The content of a bytes object as the protocol keeps it: protocol 2, which only knows texts, has every byte as the
 * character of that number, in UTF-8.
 */
export function bytesForm(protocol: Protocol, bytes: Uint8Array): Uint8Array {
  if (protocol > 2) return bytes;
  return Buffer.from(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1"), "utf8");
}

/** Opcodes as a frame of protocol 4 (PEP 3154). */
export function framed(body: Uint8Array): Uint8Array {
  const frame = Buffer.alloc(9 + body.length);
  frame[0] = op.frame;
  frame.writeBigUInt64LE(BigInt(body.length), 1);
  frame.set(body, 9);
  return frame;
}

/** An int in little endian, as few bytes as hold the sign. */
export function twosComplement(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 8n) {
    bytes.push(Number(rest & 0xffn));
    const sign = (bytes.at(-1) as number) & 0x80 ? -1n : 0n;
    if (rest >> 8n === sign) return Uint8Array.from(bytes);
  }
}
