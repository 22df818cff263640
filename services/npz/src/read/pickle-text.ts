/**
 * Reads the one text that a pickled 0-d array of NumPy holds, as `numpy.array("text", dtype=object)` is saved.
 *
 * Nothing that the pickle names is looked up or called: the few opcodes that such a pickle is made of build plain values,
 * names and calls stay inert. Anything else ends the reading.
 *
 * @returns undefined when it is anything but one text (UTF-8 where it is bytes)
 */
export function pickledText(bytes: Uint8Array): string | undefined {
  try {
    return textOf(new Machine(Buffer.from(bytes)).run());
  } catch (error) {
    if (error instanceof PickleError || error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

class PickleError extends Error {}

/** Something that a name or a call of the pickle would have made. */
interface Inert {
  readonly name: string;
  state?: unknown;
}

const mark = Symbol("mark");

/** Names in the pickle of an array, each under both places that NumPy has had for it. */
const arrayMaker = /^numpy\.(_core|core)\.multiarray _reconstruct$/;
const otherNames = /^(numpy (ndarray|dtype)|_codecs encode)$/;

/** The opcodes of Python's pickle (pickletools.py) that protocols 2 to 5 use for such an array. */
class Machine {
  readonly #bytes: Buffer;
  readonly #stack: unknown[] = [];
  readonly #memo: unknown[] = [];
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  run(): unknown {
    for (;;) {
      const opcode = this.#number(1);
      if (opcode === 0x2e) return this.#pop();
      this.#step(opcode);
    }
  }

  #step(opcode: number): void {
    switch (opcode) {
      case 0x80: // PROTO
        return void this.#number(1);
      case 0x95: // FRAME
        return void this.#take(8);
      case 0x63: // GLOBAL
        return this.#push(this.#named(this.#line(), this.#line()));
      case 0x93: {
        // STACK_GLOBAL
        const name = this.#pop();
        return this.#push(this.#named(String(this.#pop()), String(name)));
      }
      case 0x58: // BINUNICODE
        return this.#push(this.#take(this.#number(4)).toString());
      case 0x8c: // SHORT_BINUNICODE
        return this.#push(this.#take(this.#number(1)).toString());
      case 0x42: // BINBYTES
        return this.#push(this.#take(this.#number(4)));
      case 0x43: // SHORT_BINBYTES
        return this.#push(this.#take(this.#number(1)));
      case 0x4a: // BININT
        return this.#push(this.#take(4).readInt32LE());
      case 0x4b: // BININT1
        return this.#push(this.#number(1));
      case 0x4d: // BININT2
        return this.#push(this.#number(2));
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
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(this.#stack.splice(this.#depth(opcode - 0x84)));
      case 0x74: // TUPLE
        return this.#push(this.#sinceMark());
      case 0x61: {
        // APPEND
        const item = this.#pop();
        return void this.#list().push(item);
      }
      case 0x65: {
        // APPENDS
        const items = this.#sinceMark();
        return void this.#list().push(...items);
      }
      case 0x52: // REDUCE
        return this.#call();
      case 0x62: {
        // BUILD
        const state = this.#pop();
        const target = this.#top();
        if (!isInert(target)) throw new PickleError();
        target.state = state;
        return;
      }
      case 0x71: // BINPUT
        return this.#remember(this.#number(1));
      case 0x72: // LONG_BINPUT
        return this.#remember(this.#number(4));
      case 0x94: // MEMOIZE
        return this.#remember(this.#memo.length);
      case 0x68: // BINGET
        return this.#push(this.#memo[this.#number(1)]);
      case 0x6a: // LONG_BINGET
        return this.#push(this.#memo[this.#number(4)]);
      default:
        throw new PickleError();
    }
  }

  #named(module: string, name: string): Inert {
    const full = `${module} ${name}`;
    if (!arrayMaker.test(full) && !otherNames.test(full)) throw new PickleError();
    return { name: full };
  }

  /** Protocol 2 keeps bytes as latin-1 text and a call that encodes it; all other calls make nothing. */
  #call(): void {
    const parameters = this.#pop();
    const callable = this.#pop();
    if (!isInert(callable) || !Array.isArray(parameters)) throw new PickleError();
    const isBytes = callable.name === "_codecs encode" && parameters[1] === "latin1";
    this.#push(isBytes ? Buffer.from(String(parameters[0]), "latin1") : { name: callable.name });
  }

  #sinceMark(): unknown[] {
    const start = this.#stack.lastIndexOf(mark);
    if (start < 0) throw new PickleError();
    const items = this.#stack.splice(start);
    return items.slice(1);
  }

  #list(): unknown[] {
    const list = this.#top();
    if (!Array.isArray(list)) throw new PickleError();
    return list;
  }

  #remember(index: number): void {
    if (index > 4096) throw new PickleError();
    this.#memo[index] = this.#top();
  }

  #depth(count: number): number {
    if (this.#stack.length < count) throw new PickleError();
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

  #number(bytes: number): number {
    return this.#take(bytes).readUIntLE(0, bytes);
  }

  #line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end < 0) throw new PickleError();
    const line = this.#bytes.toString("utf8", this.#at, end);
    this.#at = end + 1;
    return line;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new PickleError();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

/** State of an array: (version, shape, type, Fortran order, [values]). */
function textOf(value: unknown): string | undefined {
  if (!isInert(value) || !arrayMaker.test(value.name) || !Array.isArray(value.state)) return undefined;
  const values: unknown = value.state[4];
  const [text] = Array.isArray(values) && values.length === 1 ? values : [];
  if (Buffer.isBuffer(text)) return text.toString();
  return typeof text === "string" ? text : undefined;
}

function isInert(value: unknown): value is Inert {
  return typeof value === "object" && value !== null && "name" in value;
}
