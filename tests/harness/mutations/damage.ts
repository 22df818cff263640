import { createHash } from "node:crypto";
import { randomNumbers } from "../pixels.ts";

/** What HDF5's structures begin with. */
const signatures = [
  "TREE",
  "SNOD",
  "HEAP",
  "GCOL",
  "OHDR",
  "OCHK",
  "FRHP",
  "FHDB",
  "BTHD",
  "BTLF",
  "EAHD",
  "EAIB",
  "FAHD",
];
/** Most bytes of a structure behind its signature that are damaged on purpose. */
const structureBytes = 256;

/** Random numbers that depend on a name alone. */
export function randomOf(name: string): () => number {
  return randomNumbers(createHash("sha256").update(name).digest().readUInt32LE(0));
}

/**
 * An HDF5 file with some of its bytes changed, copied elsewhere or cut off. Most changes are where headers are: in the
 * first 8 KiB, or behind the signature of a structure. Numbers become others, and of those often the largest.
 */
export function damaged(original: Uint8Array, random: () => number): Buffer {
  const bytes = Buffer.from(original);
  const below = (limit: number) => Math.floor(random() * limit);
  const structures = signatures.flatMap((signature) => placesOf(bytes, signature));
  const place = (): number => {
    const kind = random();
    if (kind < 0.4) return below(Math.min(8192, bytes.length));
    if (kind < 0.8 && structures.length > 0) {
      return Math.min(bytes.length - 1, (structures[below(structures.length)] as number) + below(structureBytes));
    }
    return below(bytes.length);
  };
  switch (below(7)) {
    case 0:
      return bytes.subarray(0, below(bytes.length));
    case 1: {
      const from = place();
      bytes.subarray(from, from + 1 + below(64)).fill(random() < 0.5 ? 0 : 255);
      return bytes;
    }
    case 2: {
      const from = place();
      bytes.copy(bytes, place(), from, from + 1 + below(64));
      return bytes;
    }
    case 3:
    case 4: {
      // A length, a count or an address of eight bytes, aligned as most are.
      const at = place() & ~7;
      const number = Buffer.alloc(8);
      number.writeBigUInt64LE(2n ** BigInt(below(64)) - BigInt(below(2)));
      number.copy(bytes, at, 0, 1 + below(8));
      return bytes;
    }
    default:
      for (let count = 1 + below(8); count > 0; count--) bytes[place()] = below(256);
      return bytes;
  }
}

function placesOf(bytes: Buffer, signature: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(signature); at >= 0; at = bytes.indexOf(signature, at + 1)) places.push(at);
  return places;
}
