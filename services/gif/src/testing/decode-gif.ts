/** A GIF taken apart, by the specification alone. */
export interface DecodedGif {
  readonly width: number;
  readonly height: number;
  readonly palette: Uint8Array;
  /** Repeats of NETSCAPE2.0; undefined without it. */
  readonly repeats: number | undefined;
  readonly comment: string;
  readonly frames: readonly { readonly delay: number; readonly disposal: number; readonly indices: Uint8Array }[];
}

/** Decodes a GIF89a with a global palette and frames that fill the screen. */
export function decodeGif(bytes: Uint8Array): DecodedGif {
  const file = Buffer.from(bytes);
  if (file.toString("latin1", 0, 6) !== "GIF89a") throw new Error("no GIF89a");
  const [width, height] = [file.readUInt16LE(6), file.readUInt16LE(8)];
  const paletteBytes = 3 * 2 ** ((file.readUInt8(10) & 7) + 1);
  const palette = new Uint8Array(file.subarray(13, 13 + paletteBytes));
  let position = 13 + paletteBytes;
  let repeats: number | undefined;
  let comment = "";
  let control = { delay: 0, disposal: 0 };
  const frames: { delay: number; disposal: number; indices: Uint8Array }[] = [];
  const subBlocks = (): Buffer => {
    const blocks: Buffer[] = [];
    for (;;) {
      const length = file.readUInt8(position++);
      if (length === 0) return Buffer.concat(blocks);
      blocks.push(file.subarray(position, position + length));
      position += length;
    }
  };
  for (;;) {
    const kind = file.readUInt8(position++);
    if (kind === 0x3b) break;
    if (kind === 0x21) {
      const label = file.readUInt8(position++);
      const data = subBlocks();
      if (label === 0xff) repeats = data.readUInt16LE(12);
      if (label === 0xfe) comment = data.toString("latin1");
      if (label === 0xf9) control = { delay: data.readUInt16LE(1), disposal: (data.readUInt8(0) >> 2) & 7 };
      continue;
    }
    if (kind !== 0x2c) throw new Error(`block ${kind} at ${position - 1}`);
    const box = [0, 2, 4, 6].map((offset) => file.readUInt16LE(position + offset));
    if (box.join() !== [0, 0, width, height].join()) throw new Error(`frame at ${box.join()}`);
    position += 9;
    const codeSize = file.readUInt8(position++);
    frames.push({ ...control, indices: decodeLzw(subBlocks(), codeSize, width * height) });
  }
  if (position !== file.length) throw new Error("bytes after the trailer");
  return { width, height, palette, repeats, comment, frames };
}

/** Decodes LZW codes (GIF89a, appendix F); throws where they are too few or too many. */
export function decodeLzw(bytes: Uint8Array, codeSize: number, pixels: number): Uint8Array {
  const clear = 1 << codeSize;
  const output: number[] = [];
  let table: number[][] = [];
  let bits = codeSize + 1;
  let previous: number[] | undefined;
  let place = 0;
  const read = (): number => {
    let code = 0;
    for (let bit = 0; bit < bits; bit++, place++) code |= (((bytes[place >> 3] as number) >> (place & 7)) & 1) << bit;
    return code;
  };
  for (;;) {
    if (place + bits > 8 * bytes.length) throw new Error("no end code");
    const code = read();
    if (code === clear) {
      table = Array.from({ length: clear + 2 }, (_, index) => [index]);
      bits = codeSize + 1;
      previous = undefined;
      continue;
    }
    if (code === clear + 1) break;
    const entry: number[] | undefined = table[code] ?? (previous && [...previous, previous[0] as number]);
    if (!entry || code > table.length) throw new Error(`code ${code}`);
    output.push(...entry);
    if (previous && table.length < 4096) table.push([...previous, entry[0] as number]);
    if (table.length === 1 << bits && bits < 12) bits++;
    previous = entry;
  }
  if (output.length !== pixels) throw new Error(`${output.length} pixels instead of ${pixels}`);
  if (8 * bytes.length - place >= 8) throw new Error("bytes after the end code");
  return Uint8Array.from(output);
}
