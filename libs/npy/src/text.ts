/** Code points of a text. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Writes the code points of a text as UCS-4, little endian; what is behind them stays as it is. */
export function writeUcs4(text: string, target: DataView, position: number): void {
  let at = position;
  for (const character of text) {
    target.setUint32(at, character.codePointAt(0) as number, true);
    at += 4;
  }
}

const unitsAtOnce = 65_536;

/** One text as the data of a 0-d array of its own length, piece by piece. */
export function* ucs4Of(text: string): Generator<Uint8Array> {
  if (text === "") yield new Uint8Array(4);
  for (let from = 0; from < text.length; ) {
    const to = Math.min(text.length, from + unitsAtOnce);
    const end = isHighSurrogate(text.charCodeAt(to - 1)) ? Math.min(text.length, to + 1) : to;
    const piece = text.slice(from, end);
    const bytes = new Uint8Array(4 * codePoints(piece));
    writeUcs4(piece, new DataView(bytes.buffer), 0);
    yield bytes;
    from = end;
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

const codePointsAtOnce = 8192;

/**
 * The text of fixed-length UCS-4 data: NULs at its end do not count.
 *
 * @throws RangeError for numbers that are no characters
 */
export function textOfUcs4(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = bytes.length / 4;
  while (count > 0 && view.getUint32(4 * count - 4, littleEndian) === 0) count -= 1;
  let text = "";
  for (let from = 0; from < count; from += codePointsAtOnce) {
    const length = Math.min(codePointsAtOnce, count - from);
    const points = Array.from({ length }, (_, index) => view.getUint32(4 * (from + index), littleEndian));
    text += String.fromCodePoint(...points);
  }
  return text;
}
