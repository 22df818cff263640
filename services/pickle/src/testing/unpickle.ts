/** A class or function that a pickle names. */
export class Named {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** An object that was made by calling something, and its state. */
export class Made {
  readonly by: string;
  readonly parameters: readonly unknown[];
  state: unknown;

  constructor(by: string, parameters: readonly unknown[]) {
    this.by = by;
    this.parameters = parameters;
  }
}

const mark = Symbol("mark");
const stop = Symbol("stop");

/**
 * Reads a pickle by walking its opcodes: builds plain values, and notes what would be called, but calls nothing. Written
 * after `pickletools`, apart from the writer. Checks that frames hold whole opcodes, as Python's unpickler does.
 */
export function unpickle(bytes: Uint8Array): unknown {
  const machine = new Machine(Buffer.from(bytes));
  return machine.run();
}

class Machine {
  readonly #bytes: Buffer;
  readonly #memo = new Map<number, unknown>();
  readonly #stack: unknown[] = [];
  #at = 0;
  #frameEnd = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  run(): unknown {
    for (;;) {
      const before = this.#at;
      if (this.#step(this.#take(1)[0] as number) === stop) {
        if (this.#at !== this.#bytes.length || this.#stack.length > 0) throw new Error("Something is left.");
        return this.#result;
      }
      if (before < this.#frameEnd && this.#at > this.#frameEnd) throw new Error("An opcode leaves its frame.");
    }
  }

  #result: unknown;

  #step(code: number): unknown {
    switch (String.fromCharCode(code)) {
      case "\x80":
        return this.#take(1);
      case "\x95": {
        if (this.#at - 1 < this.#frameEnd) throw new Error("A frame in a frame.");
        const length = this.#uint(8);
        this.#frameEnd = this.#at + length;
        return;
      }
      case ".":
        this.#result = this.#pop();
        return stop;
      case "(":
        return this.#push(mark);
      case ")":
        return this.#push([]);
      case "]":
        return this.#push([]);
      case "}":
        return this.#push(new Map());
      case "N":
        return this.#push(null);
      case "\x88":
        return this.#push(true);
      case "\x89":
        return this.#push(false);
      case "K":
        return this.#push(BigInt(this.#uint(1)));
      case "M":
        return this.#push(BigInt(this.#uint(2)));
      case "J":
        return this.#push(BigInt(this.#take(4).readInt32LE()));
      case "\x8a":
        return this.#push(signed(this.#take(this.#uint(1))));
      case "G":
        return this.#push(this.#take(8).readDoubleBE());
      case "\x8c":
        return this.#push(this.#take(this.#uint(1)).toString());
      case "X":
        return this.#push(this.#take(this.#uint(4)).toString());
      case "C":
        return this.#push(this.#take(this.#uint(1)));
      case "B":
        return this.#push(this.#take(this.#uint(4)));
      case "\x8e":
        return this.#push(this.#take(this.#uint(8)));
      case "c":
        return this.#push(new Named(`${this.#line()}.${this.#line()}`));
      case "\x93": {
        const name = this.#pop() as string;
        return this.#push(new Named(`${this.#pop() as string}.${name}`));
      }
      case "\x94":
        return this.#memo.set(this.#memo.size, this.#stack.at(-1));
      case "q":
        return this.#memo.set(this.#uint(1), this.#stack.at(-1));
      case "r":
        return this.#memo.set(this.#uint(4), this.#stack.at(-1));
      case "h":
        return this.#push(this.#recall(this.#uint(1)));
      case "j":
        return this.#push(this.#recall(this.#uint(4)));
      case "\x85":
        return this.#push(this.#stack.splice(-1));
      case "\x86":
        return this.#push(this.#stack.splice(-2));
      case "\x87":
        return this.#push(this.#stack.splice(-3));
      case "t":
        return this.#push(this.#toMark());
      case "a": {
        const item = this.#pop();
        return (this.#stack.at(-1) as unknown[]).push(item);
      }
      case "e": {
        const items = this.#toMark();
        return (this.#stack.at(-1) as unknown[]).push(...items);
      }
      case "s":
        return this.#set(this.#stack.splice(-2));
      case "u":
        return this.#set(this.#toMark());
      case "R":
      case "\x81": {
        const parameters = this.#pop() as unknown[];
        return this.#push(called((this.#pop() as Named).name, parameters));
      }
      case "b": {
        const state = this.#pop();
        (this.#stack.at(-1) as Made).state = state;
        return;
      }
      default:
        throw new Error(`Opcode ${code} at ${this.#at - 1} is not one that we write.`);
    }
  }

  #set(pairs: readonly unknown[]): void {
    const dict = this.#stack.at(-1) as Map<unknown, unknown>;
    for (let index = 0; index < pairs.length; index += 2) {
      if (dict.has(pairs[index])) throw new Error(`The key ${String(pairs[index])} comes twice.`);
      dict.set(pairs[index], pairs[index + 1]);
    }
  }

  #toMark(): unknown[] {
    const items = this.#stack.splice(this.#stack.lastIndexOf(mark));
    return items.slice(1);
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) throw new Error(`Nothing is remembered as ${index}.`);
    return this.#memo.get(index);
  }

  #push(value: unknown): void {
    this.#stack.push(value);
  }

  #pop(): unknown {
    if (this.#stack.length === 0) throw new Error("The stack is empty.");
    return this.#stack.pop();
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Error("The pickle is cut.");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  #uint(bytes: number): number {
    const taken = this.#take(bytes);
    return bytes === 8 ? Number(taken.readBigUInt64LE()) : taken.readUIntLE(0, bytes);
  }

  #line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    const line = this.#take(end - this.#at).toString();
    this.#take(1);
    return line;
  }
}

function called(name: string, parameters: unknown[]): unknown {
  if (name === "_codecs.encode") return Buffer.from(parameters[0] as string, "latin1");
  if (name === "__builtin__.bytes") return Buffer.alloc(0);
  return new Made(name, parameters);
}

function signed(bytes: Uint8Array): bigint {
  const value = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, value);
}
