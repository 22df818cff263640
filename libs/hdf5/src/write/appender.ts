import { align8 } from "./byte-writer.ts";

/** Something that grows at its end and knows where that is in the file. */
export interface Appender {
  /** Address of what is appended next. */
  readonly position: number;
  /** Appends bytes, which must stay unchanged, and returns their address. */
  append(bytes: Uint8Array): number;
}

/** Goes on at a multiple of eight bytes, where structures stand, and returns it. */
export function align(appender: Appender): number {
  const gap = align8(appender.position) - appender.position;
  if (gap > 0) appender.append(new Uint8Array(gap));
  return appender.position;
}

/** Bytes whose addresses are given out before what comes ahead of them in the file is written. */
export class Annex implements Appender {
  readonly pieces: Uint8Array[] = [];
  #position: number;

  constructor(start: number) {
    this.#position = start;
  }

  get position(): number {
    return this.#position;
  }

  append(bytes: Uint8Array): number {
    const address = this.#position;
    this.pieces.push(bytes);
    this.#position += bytes.length;
    return address;
  }
}
