import { ByteBuffer } from "./byte-buffer.ts";
import { bytesForm, framed, twosComplement } from "./encoding.ts";
import { op, type Protocol } from "./opcodes.ts";

/** Frames are closed when they are longer, and bytes objects that are longer stand outside of them, as Python does it. */
export const frameBytes = 64 * 1024;
/** Shorter ones would cost more than they bring. */
const smallestFrame = 4;
/** Items of a list or dict between a MARK and the opcode that adds them. */
const itemsAtOnce = 1000;
/** Texts whose place in the memo is remembered. */
const mostTexts = 65_536;

/**
 * Opcodes of one pickle, in the order, with the memo and in the frames (PEP 3154) in which Python's own pickler writes
 * them, so that equal objects make equal bytes. They gather until `take`.
 */
export class Pickler {
  readonly protocol: Protocol;
  readonly #buffer = new ByteBuffer();
  readonly #texts = new Map<string, number>();
  readonly #globals = new Map<string, number>();
  readonly #shared = new Map<string, number>();
  readonly #memoizes: boolean;
  #memoLength = 0;

  /** @param memoizes false for a part of a pickle whose place in it is not known yet */
  constructor(protocol: Protocol, { memoizes = true } = {}) {
    this.protocol = protocol;
    this.#memoizes = memoizes;
  }

  /** Bytes that wait for `take`. */
  get pending(): number {
    return this.#buffer.length;
  }

  /** The opcodes so far, as a frame where the protocol has frames. No bytes object is open. */
  take(): Uint8Array {
    const body = this.#buffer.take();
    if (this.protocol < 4 || body.length < smallestFrame) return body;
    return framed(body);
  }

  /** The opcode itself, for the very first and last and for those that take what is on the stack. */
  code(code: number): void {
    this.#buffer.byte(code);
  }

  /** Remembers what is on top of the stack, and gives its place in the memo. */
  memoize(): number {
    const place = this.#memoLength;
    if (!this.#memoizes) return place;
    this.#memoLength++;
    if (this.protocol >= 4) this.code(op.memoize);
    else this.#indexed(op.binput, op.longBinput, place);
    return place;
  }

  none(): void {
    this.code(op.none);
  }

  boolean(value: boolean): void {
    this.code(value ? op.newtrue : op.newfalse);
  }

  float(value: number): void {
    this.code(op.binfloat);
    this.#buffer.float64(value);
  }

  int(value: number | bigint): void {
    if (value >= 0 && value <= 0xff) {
      this.code(op.binint1);
      this.#buffer.byte(Number(value));
    } else if (value >= 0 && value <= 0xffff) {
      this.code(op.binint2);
      this.#buffer.byte(Number(value) & 0xff);
      this.#buffer.byte(Number(value) >> 8);
    } else if (value >= -(2 ** 31) && value < 2 ** 31) {
      this.code(op.binint);
      this.#buffer.int32(Number(value));
    } else {
      const bytes = twosComplement(BigInt(value));
      this.code(op.long1);
      this.#buffer.byte(bytes.length);
      this.#buffer.bytes(bytes);
    }
  }

  /** An int from 0 to 2^53 that always takes the same room, so that it can be replaced. */
  wideInt(value: number): void {
    this.code(op.long1);
    this.#buffer.byte(8);
    this.#buffer.uint64(value);
  }

  text(value: string): void {
    const known = this.#texts.get(value);
    if (known !== undefined) return this.get(known);
    const bytes = Buffer.from(value);
    if (this.protocol >= 4 && bytes.length <= 0xff) {
      this.code(op.shortBinunicode);
      this.#buffer.byte(bytes.length);
    } else {
      this.code(op.binunicode);
      this.#buffer.int32(bytes.length);
    }
    this.#buffer.bytes(bytes);
    const place = this.memoize();
    if (this.#memoizes && this.#texts.size < mostTexts) this.#texts.set(value, place);
  }

  /** A class or function. */
  global(module: string, name: string): void {
    const key = `${module}\n${name}`;
    const known = this.#globals.get(key);
    if (known !== undefined) return this.get(known);
    if (this.protocol >= 4) {
      this.text(module);
      this.text(name);
      this.code(op.stackGlobal);
    } else {
      this.code(op.global);
      this.#buffer.bytes(Buffer.from(`${key}\n`));
    }
    const place = this.memoize();
    if (this.#memoizes) this.#globals.set(key, place);
  }

  /** Makes a tuple of the `items` objects on top of the stack; with more than three, a MARK is below them. */
  tuple(items: number): void {
    if (items === 0) return this.code(op.emptyTuple);
    this.code([op.tuple1, op.tuple2, op.tuple3][items - 1] ?? op.tuple);
    this.memoize();
  }

  /** A tuple of ints. */
  ints(values: readonly (number | { readonly wide: number })[]): void {
    if (values.length > 3) this.code(op.mark);
    for (const value of values) {
      if (typeof value === "number") this.int(value);
      else this.wideInt(value.wide);
    }
    this.tuple(values.length);
  }

  /** Writes an object once, and later again by its place in the memo. */
  once(key: string, write: () => number): void {
    const known = this.#shared.get(key);
    if (known !== undefined) this.get(known);
    else {
      const place = write();
      if (this.#memoizes) this.#shared.set(key, place);
    }
  }

  /** What stands at that place in the memo. */
  get(place: number): void {
    this.#indexed(op.binget, op.longBinget, place);
  }

  /**
   * Opens a bytes object of that many bytes, as {@link bytesForm} encodes them; they follow, then `endBytes`.
   *
   * @param wide the length takes the same room whatever it is, so that it can be replaced
   */
  beginBytes(length: number, wide = false): void {
    if (this.protocol === 2) {
      this.global("_codecs", "encode");
      this.code(op.binunicode);
      this.#buffer.int32(length);
    } else if (length <= 0xff && !wide) {
      this.code(op.shortBinbytes);
      this.#buffer.byte(length);
    } else if (this.protocol === 3 || (length <= 0xffff_ffff && !wide)) {
      this.code(op.binbytes);
      this.#buffer.int32(length);
    } else {
      this.code(op.binbytes8);
      this.#buffer.uint64(length);
    }
  }

  /**
   * The opcodes so far, and the opening of a bytes object as `beginBytes` writes it: its content and `endBytes` follow.
   * Both stand outside of frames.
   */
  takeOpening(length: number, wide = false): Uint8Array {
    const before = this.take();
    this.beginBytes(length, wide);
    return Buffer.concat([before, this.#buffer.take()]);
  }

  /** Bytes of an object that is open, already encoded. */
  raw(bytes: Uint8Array): void {
    this.#buffer.bytes(bytes);
  }

  /** Closes a bytes object, and gives its place in the memo. */
  endBytes(): number {
    if (this.protocol > 2) return this.memoize();
    this.memoize();
    this.text("latin1");
    this.tuple(2);
    this.code(op.reduce);
    return this.memoize();
  }

  /** A short bytes object; those of up to one byte are the same object wherever they are, as in Python. */
  bytes(value: Uint8Array): void {
    if (value.length > 1) this.#bytes(value);
    else this.once(`bytes ${value[0] ?? ""}`, () => this.#bytes(value));
  }

  /** The items of a list or dict, which `write` puts on the stack one after another: an opcode adds some at once. */
  *items(count: number, add: "appends" | "setitems"): Generator<number> {
    for (let first = 0; first < count; first += itemsAtOnce) {
      const last = Math.min(count, first + itemsAtOnce);
      if (count > 1) this.code(op.mark);
      for (let index = first; index < last; index++) yield index;
      if (count > 1) this.code(op[add]);
      else this.code(add === "appends" ? op.append : op.setitem);
    }
  }

  #bytes(value: Uint8Array): number {
    if (this.protocol === 2 && value.length === 0) {
      this.global("__builtin__", "bytes");
      this.tuple(0);
      this.code(op.reduce);
      return this.memoize();
    }
    const encoded = bytesForm(this.protocol, value);
    this.beginBytes(encoded.length);
    this.raw(encoded);
    return this.endBytes();
  }

  #indexed(short: number, long: number, index: number): void {
    this.code(index <= 0xff ? short : long);
    if (index <= 0xff) this.#buffer.byte(index);
    else this.#buffer.int32(index);
  }
}
