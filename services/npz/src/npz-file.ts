import { crc32, deflateEnd } from "@sluice/codec";
import { type ArtifactWriter, combineCrc, crcShift, isoHdlc, type Stopwatch } from "@sluice/core";
import { npyHeader } from "@sluice/npy";
import type { Encoding } from "@sluice/proto";
import { type Spool, SpooledPart } from "@sluice/sink";
import type { Member, PackedBlock } from "./member.ts";
import { directoryEntry, endOfDirectory, localHeader, type ZipEntry } from "./zip/records.ts";

/** A member whose data have all come. */
export interface FinishedMember {
  readonly member: Member;
  /** NumPy's name of the data type. */
  readonly descr: string;
  readonly shape: readonly number[];
}

/** The member that is written while its data come. */
export interface Lead {
  readonly member: Member;
  readonly descr: string;
  /** Lengths of all axes but the first. */
  readonly rest: readonly number[];
}

/** Data that are not compressed begin at a multiple of this, so that they can be mapped to memory. */
const storedAlignment = 64;
/** Length and complement of a stored block before its bytes (RFC 1951, section 3.2.4). */
const storedBlockBytes = 5;

/**
 * An .npz file written from front to back: one member as its data come, the others, which wait in the spool, behind it.
 * The head of the file, with the sizes and the shape of the first member, is rewritten at the end; every other local
 * header is right when it is written. No reader has to know of data descriptors.
 */
export class NpzFile {
  readonly #writer: ArtifactWriter;
  readonly #spool: Spool;
  readonly #clock: Stopwatch;
  readonly #lead: Lead | undefined;
  readonly #directory: Uint8Array[] = [];
  /** Packed data of the members behind the lead. */
  readonly #waiting = new Map<Member, SpooledPart>();

  constructor(writer: ArtifactWriter, spool: Spool, clock: Stopwatch, lead: Lead | undefined) {
    this.#writer = writer;
    this.#spool = spool;
    this.#clock = clock;
    this.#lead = lead;
  }

  /** Reserves the head. */
  async begin(): Promise<void> {
    if (this.#lead) await this.#write(this.#head({ ...this.#lead, shape: [0, ...this.#lead.rest] }, 0).bytes);
  }

  /** Takes a packed block; the blocks of a member come in order. */
  async append({ member, bytes }: PackedBlock): Promise<void> {
    member.packedBytes += bytes.length;
    if (member === this.#lead?.member) await this.#write(bytes);
    else await this.#clock.time("spool", () => this.#waitingOf(member).append(bytes));
  }

  /** Writes the members that wait, in this order, and the directory; the first one must be the lead, if there is one. */
  async finish(members: readonly FinishedMember[], encoding: Encoding): Promise<void> {
    let head: Uint8Array | undefined;
    for (const finished of members) {
      const isLead = finished.member === this.#lead?.member;
      const position = isLead ? 0 : this.#writer.position;
      const { bytes, entry } = this.#head(finished, position);
      if (isLead) head = bytes;
      else await this.#write(bytes);
      await this.#copy(finished.member);
      if (finished.member.compressor) await this.#write(deflateEnd);
      this.#directory.push(directoryEntry(entry, position));
    }
    const start = this.#writer.position;
    for (const record of this.#directory) await this.#write(record);
    await this.#write(endOfDirectory(this.#directory.length, start, this.#writer.position - start));
    if (head) await this.#writer.rewriteHead(head);
    await this.#writer.close({ formatVersion: "NPZ (NPY 1.0 in zip64)", encoding });
  }

  /** What is before a member's data: header of the zip file, then that of the array. */
  #head({ member, descr, shape }: FinishedMember, position: number): { bytes: Uint8Array; entry: ZipEntry } {
    const longest = member === this.#lead?.member ? Number.MAX_SAFE_INTEGER : shape[0];
    const array = npyHeader(descr, shape, longest);
    const deflated = member.compressor !== undefined;
    const entry: ZipEntry = {
      name: `${member.key}.npy`,
      method: deflated ? 8 : 0,
      crc: combineCrc(crc32(array), member.crc, crcShift(member.rawBytes, isoHdlc), isoHdlc),
      rawBytes: array.length + member.rawBytes,
      storedBytes: array.length + member.packedBytes + (deflated ? storedBlockBytes + deflateEnd.length : 0),
    };
    const local = localHeader(entry, position, deflated ? 1 : storedAlignment);
    return { entry, bytes: Buffer.concat([local, ...(deflated ? [storedBlockHeader(array.length)] : []), array]) };
  }

  async #copy(member: Member): Promise<void> {
    const part = this.#waiting.get(member);
    if (!part) return;
    for (const pieces = part.pieces(); ; ) {
      const { value } = await this.#clock.time("spool", () => pieces.next());
      if (!value) return;
      await this.#write(value);
    }
  }

  #waitingOf(member: Member): SpooledPart {
    const known = this.#waiting.get(member);
    if (known) return known;
    const part = new SpooledPart(this.#spool, 0);
    this.#waiting.set(member, part);
    return part;
  }

  #write(bytes: Uint8Array): Promise<void> {
    return this.#clock.time("write", () => this.#writer.write(bytes));
  }
}

/** Head of a stored block that does not end the stream: the bytes follow as they are, and may be replaced later. */
function storedBlockHeader(length: number): Uint8Array {
  return Uint8Array.of(0, length & 0xff, length >> 8, ~length & 0xff, (~length >> 8) & 0xff);
}
