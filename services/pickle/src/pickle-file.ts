import { type ArtifactWriter, Code, SluiceError, type Stopwatch } from "@sluice/core";
import { type Payload, whole } from "./payload.ts";
import { bytesForm } from "./python/encoding.ts";
import { type ArrayForm, beginArray, endArray } from "./python/numpy.ts";
import { maximumBytes, op, type Protocol } from "./python/opcodes.ts";
import { frameBytes, Pickler } from "./python/pickler.ts";

/** The array that is written while it comes. */
export interface Lead {
  /** Writes what stands before the array. */
  readonly before: (pickler: Pickler) => void;
  /** Its form at a length of the axis along which it comes. */
  readonly form: (length: number | { readonly wide: number }) => ArrayForm;
  /** What problems are named under. */
  readonly field: string;
}

/**
 * A pickle that is written from front to back. Lengths stand before what they are the length of; so one array, whose
 * length nobody has to know, comes first, and the head of the file with its length and shape is rewritten at the end.
 */
export class PickleFile {
  readonly #writer: ArtifactWriter;
  readonly #clock: Stopwatch;
  readonly #protocol: Protocol;
  readonly #lead: Lead | undefined;
  readonly #pickler: Pickler;
  readonly #provisionalHead: Uint8Array;
  #leadBytes = 0;

  constructor(writer: ArtifactWriter, clock: Stopwatch, protocol: Protocol, lead: Lead | undefined) {
    this.#writer = writer;
    this.#clock = clock;
    this.#protocol = protocol;
    this.#lead = lead;
    const { pickler, bytes } = this.#head(0, 0);
    this.#pickler = pickler;
    this.#provisionalHead = bytes;
  }

  /** Where everything but the content of arrays is written. */
  get pickler(): Pickler {
    return this.#pickler;
  }

  /** Writes the head. */
  begin(): Promise<void> {
    return this.#write(this.#provisionalHead);
  }

  /** Content of the lead. */
  async writeLead(bytes: Uint8Array): Promise<void> {
    const encoded = bytesForm(this.#protocol, bytes);
    this.#leadBytes += encoded.length;
    requireFits(this.#leadBytes, this.#protocol, this.#lead?.field ?? "");
    await this.#write(encoded);
  }

  /** The lead is complete. */
  endLead(): void {
    this.#pickler.endBytes();
    endArray(this.#pickler);
  }

  /** A whole array. */
  async array(form: ArrayForm, payload: Payload, field: string): Promise<void> {
    beginArray(this.#pickler, form);
    const length = await this.#encodedLength(payload);
    requireFits(length, this.#protocol, field);
    if (payload.length <= 1) {
      this.#pickler.bytes(await whole(payload.pieces()));
    } else {
      const outside = length >= frameBytes;
      if (outside) await this.#write(this.#pickler.takeOpening(length));
      else this.#pickler.beginBytes(length);
      for await (const piece of payload.pieces()) {
        const encoded = bytesForm(this.#protocol, piece);
        if (outside) await this.#write(encoded);
        else this.#pickler.raw(encoded);
      }
      this.#pickler.endBytes();
    }
    endArray(this.#pickler);
    await this.settle();
  }

  /** Writes the opcodes that wait, if they fill a frame. */
  async settle(): Promise<void> {
    if (this.#pickler.pending >= frameBytes) await this.flush();
  }

  /** Writes the opcodes that wait. */
  async flush(): Promise<void> {
    await this.#write(this.#pickler.take());
  }

  /** Opcodes that were made elsewhere, frames of their own. */
  async opcodes(payload: Payload): Promise<void> {
    await this.flush();
    for await (const piece of payload.pieces()) await this.#write(piece);
  }

  /** @param leadLength of the lead along the axis along which it came */
  async end(leadLength: number): Promise<void> {
    this.#pickler.code(op.stop);
    await this.flush();
    if (this.#lead) await this.#writer.rewriteHead(this.#head(leadLength, this.#leadBytes).bytes);
    await this.#writer.close({ formatVersion: `pickle protocol ${this.#protocol}` });
  }

  /** All before the content of the lead, as long whatever its length is, and the pickler that has written it. */
  #head(length: number, leadBytes: number): { pickler: Pickler; bytes: Uint8Array } {
    const pickler = new Pickler(this.#protocol);
    const protocol = Uint8Array.of(op.proto, this.#protocol);
    if (!this.#lead) return { pickler, bytes: protocol };
    this.#lead.before(pickler);
    beginArray(pickler, this.#lead.form({ wide: length }));
    return { pickler, bytes: Buffer.concat([protocol, pickler.takeOpening(leadBytes, true)]) };
  }

  async #encodedLength(payload: Payload): Promise<number> {
    if (this.#protocol > 2) return payload.length;
    let length = payload.length;
    for await (const piece of payload.pieces()) for (const byte of piece) length += byte >> 7;
    return length;
  }

  #write(bytes: Uint8Array): Promise<void> {
    return this.#clock.time("write", () => this.#writer.write(bytes));
  }
}

function requireFits(bytes: number, protocol: Protocol, field: string): void {
  if (bytes <= maximumBytes(protocol)) return;
  throw new SluiceError({ ...tooLarge(bytes, protocol, field), grpcCode: Code.FAILED_PRECONDITION });
}

/** PICKLE_ARRAY_TOO_LARGE. */
export function tooLarge(bytes: number, protocol: Protocol, field: string) {
  return {
    reason: "PICKLE_ARRAY_TOO_LARGE",
    message: "Before protocol 4, the bytes of one array must be less than 4 GiB.",
    field,
    got: `${bytes} bytes with protocol ${protocol}`,
    allowed: [`at most ${maximumBytes(protocol)} bytes`],
    remedy: "Set protocol to 4 or 5.",
  };
}
