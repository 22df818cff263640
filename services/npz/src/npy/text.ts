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

/** The text of fixed-length UCS-4 data: NULs at its end do not count. */
export function textOfUcs4(bytes: Uint8Array, littleEndian: boolean): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length;
  while (end > 0 && view.getUint32(end - 4, littleEndian) === 0) end -= 4;
  const pieces: string[] = [];
  for (let at = 0; at < end; at += 4) pieces.push(String.fromCodePoint(view.getUint32(at, littleEndian)));
  return pieces.join("");
}
