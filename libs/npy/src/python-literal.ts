/** A value as Python writes it in source. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | { readonly [key: string]: PythonValue };

const tokens = /\s*(?:([[\](){},:])|(True|False|None)|(-?\d+)L?|'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/y;
const deepest = 32;

/**
 * Parses a literal of lists, tuples, dictionaries with texts as keys, texts, integers and constants: what headers of
 * .npy files are made of.
 *
 * @throws SyntaxError
 */
export function parsePython(text: string): PythonValue {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PythonValue {
    if (depth > deepest) throw new SyntaxError("The literal is nested too deeply.");
    const [, mark, constant, integer, single, double] = this.#next();
    if (mark === "(") return this.#items(")", depth);
    if (mark === "[") return this.#items("]", depth);
    if (mark === "{") return this.#entries(depth);
    if (constant !== undefined) return constant === "None" ? null : constant === "True";
    if (integer !== undefined) return Number(integer);
    const quoted = single ?? double;
    if (quoted === undefined) throw new SyntaxError(`A value was expected before byte ${this.#at}.`);
    return quoted.replace(/\\(.)/g, "$1");
  }

  end(): void {
    if (this.#text.slice(this.#at).trim() !== "") throw new SyntaxError(`There is more behind byte ${this.#at}.`);
  }

  #items(close: string, depth: number): PythonValue[] {
    const items: PythonValue[] = [];
    while (!this.#skip(close)) {
      items.push(this.value(depth + 1));
      if (!this.#skip(",") && !this.#sees(close)) throw new SyntaxError(`A comma was expected at byte ${this.#at}.`);
    }
    return items;
  }

  #entries(depth: number): Record<string, PythonValue> {
    const entries = new Map<string, PythonValue>();
    while (!this.#skip("}")) {
      const key = this.value(depth + 1);
      if (typeof key !== "string" || !this.#skip(":")) throw new SyntaxError(`A key was expected at byte ${this.#at}.`);
      entries.set(key, this.value(depth + 1));
      if (!this.#skip(",") && !this.#sees("}")) throw new SyntaxError(`A comma was expected at byte ${this.#at}.`);
    }
    return Object.fromEntries(entries);
  }

  #sees(mark: string): boolean {
    return this.#text.slice(this.#at).trimStart().startsWith(mark);
  }

  #skip(mark: string): boolean {
    if (!this.#sees(mark)) return false;
    this.#next();
    return true;
  }

  #next(): RegExpExecArray {
    tokens.lastIndex = this.#at;
    const found = tokens.exec(this.#text);
    if (!found) throw new SyntaxError(`What stands at byte ${this.#at} is no literal.`);
    this.#at = tokens.lastIndex;
    return found;
  }
}
