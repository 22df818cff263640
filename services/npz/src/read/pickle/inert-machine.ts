import { type Inert, isInert, PickleError } from "./inert.ts";

/** Names in the pickle of an array, the first two under both places that NumPy has had for them. */
const names =
  /^(numpy\.(_core|core)\.multiarray (_reconstruct|scalar)|numpy (ndarray|dtype)|_codecs encode|__builtin__ bytes)$/;

/** Opcodes of one pickle: with them ends what it can make of little. */
const mostSteps = 2 ** 22;
const longestText = 2 ** 24;

const mark = Symbol("mark");

/**
 * Decodes a pickle of arrays, and of dicts of arrays, numbers and texts, as NumPy saves them.
 *
 * Nothing that the pickle names is looked up or called: the few opcodes that such a pickle is made of build plain values
 * (texts, bytes, floats as numbers, ints as bigint, lists, and dicts as Maps), names and calls stay inert, and a name that belongs to no array ends
 * the decoding. Bytes are parts of the given ones; what comes on top is bounded by their number and 2^22 opcodes.
 *
 * @throws PickleError
 */
export function decodeInert(bytes: Uint8Array): unknown {
  return new Machine(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).run();
}

/** The opcodes of Python's pickle (pickletools.py) that protocols 2 to 5 use for arrays. */
class Machine {
  readonly #bytes: Buffer;
  readonly #stack: unknown[] = [];
  readonly #memo: unknown[] = [];
  #at = 0;
  /** Bytes that calls of protocol 2 made of texts; each text is one once. */
  #encoded = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  run(): unknown {
    for (let step = 0; step < mostSteps; step++) {
      const opcode = this.#number(1);
      if (opcode === 0x2e) return this.#pop();
      this.#step(opcode);
    }
    throw new PickleError(`more than ${mostSteps} opcodes`);
  }

  #step(opcode: number): void {
    switch (opcode) {
      case 0x80: // PROTO
        return void this.#number(1);
      case 0x95: // FRAME
        return void this.#take(8);
      case 0x63: // GLOBAL
        return this.#push(named(this.#line(), this.#line()));
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#text();
        return this.#push(named(this.#text(), name));
      }
      case 0x58: // BINUNICODE
        return this.#push(this.#unicode(this.#number(4)));
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#unicode(this.#number(1)));
      case 0x8e: // BINBYTES8
        return this.#push(this.#take(this.#length()));
      case 0x42: // BINBYTES
        return this.#push(this.#take(this.#number(4)));
      case 0x43: // SHORT_BINBYTES
        return this.#push(this.#take(this.#number(1)));
      case 0x47: // BINFLOAT
        return this.#push(this.#take(8).readDoubleBE());
      case 0x4a: // BININT
        return this.#push(BigInt(this.#take(4).readInt32LE()));
      case 0x4b: // BININT1
        return this.#push(BigInt(this.#number(1)));
      case 0x4d: // BININT2
        return this.#push(BigInt(this.#number(2)));
      case 0x8a: // LONG1
        return this.#push(signed(this.#take(this.#number(1))));
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        return this.#push(opcode === 0x88);
      case 0x28: // MARK
        return this.#push(mark);
      case 0x29: // EMPTY_TUPLE
      case 0x5d: // EMPTY_LIST
        return this.#push([]);
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(this.#stack.splice(this.#depth(opcode - 0x84)));
      case 0x74: // TUPLE
        return this.#push(this.#sinceMark());
      case 0x61: // APPEND
        return this.#append([this.#pop()]);
      case 0x65: // APPENDS
        return this.#append(this.#sinceMark());
      case 0x73: // SETITEM
        return this.#set(this.#stack.splice(this.#depth(2)));
      case 0x75: // SETITEMS
        return this.#set(this.#sinceMark());
      case 0x52: // REDUCE
        return this.#call();
      case 0x62: // BUILD
        return this.#build();
      case 0x71: // BINPUT
        return this.#remember(this.#number(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(this.#number(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.length);
      case 0x68: // BINGET
        return this.#recall(this.#number(1));
      case 0x6a: // LONG_BINGET
        return this.#recall(this.#number(4));
      default:
        throw new PickleError(`opcode 0x${opcode.toString(16)}`);
    }
  }

  /** Protocol 2 has bytes as a call that encodes a text of latin-1, none as bytes(); all other calls make nothing. */
  #call(): void {
    const parameters = this.#pop();
    const callable = this.#pop();
    if (!isInert(callable) || callable.parameters || !Array.isArray(parameters)) throw new PickleError("a call");
    if (callable.name === "__builtin__ bytes" && parameters.length === 0) return this.#push(Buffer.alloc(0));
    if (callable.name !== "_codecs encode") return this.#push({ name: callable.name, parameters });
    const [text, encoding] = parameters as unknown[];
    if (typeof text !== "string" || encoding !== "latin1") throw new PickleError("bytes of another encoding");
    this.#encoded += text.length;
    if (this.#encoded > this.#bytes.length) throw new PickleError("more bytes than it has");
    this.#push(Buffer.from(text, "latin1"));
  }

  #build(): void {
    const state = this.#pop();
    const target = this.#top();
    if (!isInert(target) || !target.parameters) throw new PickleError("a state of something else than an array");
    target.state = state;
  }

  #append(items: readonly unknown[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new PickleError("items without a list");
    for (const item of items) list.push(item);
  }

  #set(pairs: readonly unknown[]): void {
    const dict = this.#top();
    if (!(dict instanceof Map) || pairs.length % 2 > 0) throw new PickleError("items without a dict");
    for (let index = 0; index < pairs.length; index += 2) {
      if (typeof pairs[index] !== "string") throw new PickleError("a key that is no text");
      dict.set(pairs[index], pairs[index + 1]);
    }
  }

  #sinceMark(): unknown[] {
    const start = this.#stack.lastIndexOf(mark);
    if (start < 0) throw new PickleError("no mark");
    return this.#stack.splice(start).slice(1);
  }

  #remember(place: number): void {
    // Python numbers them without gaps.
    if (place > this.#memo.length) throw new PickleError(`${place} in the memo`);
    this.#memo[place] = this.#top();
  }

  #recall(place: number): void {
    if (place >= this.#memo.length) throw new PickleError(`${place} in the memo`);
    this.#push(this.#memo[place]);
  }

  #unicode(length: number): string {
    if (length > longestText) throw new PickleError(`a text of ${length} bytes`);
    return this.#take(length).toString();
  }

  #text(): string {
    const text = this.#pop();
    if (typeof text !== "string") throw new PickleError("a name that is no text");
    return text;
  }

  #line(): string {
    const end = this.#bytes.subarray(0, this.#at + 256).indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError("a name without an end");
    const line = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return line;
  }

  #depth(count: number): number {
    if (this.#stack.length < count) throw new PickleError("an empty stack");
    return this.#stack.length - count;
  }

  #top(): unknown {
    return this.#stack[this.#depth(1)];
  }

  #pop(): unknown {
    const top = this.#top();
    this.#stack.length -= 1;
    return top;
  }

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  #length(): number {
    return Number(this.#take(8).readBigUInt64LE());
  }

  #number(bytes: number): number {
    return this.#take(bytes).readUIntLE(0, bytes);
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new PickleError("an end too early");
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function named(module: string, name: string): Inert {
  const full = `${module} ${name}`;
  if (!names.test(full)) throw new PickleError(`the name ${JSON.stringify(full.slice(0, 256))}`);
  return { name: full, parameters: undefined };
}

/** Little endian, two's complement. */
function signed(bytes: Buffer): bigint {
  const hex = Buffer.from(bytes.toReversed()).toString("hex");
  return hex === "" ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${hex}`));
}
