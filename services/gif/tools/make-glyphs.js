// `node services/gif/tools/make-glyphs.js`: writes src/glyph-outlines.ts, the outlines of the characters that movies may
// show, from DejaVu Sans Bold. So no font is parsed, and no system font looked for, when a movie is written.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const opentype = require("opentype.js");
const ascii = Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index));
const characters = [...ascii, ..."°±·×µÅΔαβγλσ–"];
const bytes = readFileSync(require.resolve("dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf"));
const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));

const lines = characters.map((character) => {
  const glyph = font.charToGlyph(character);
  const path = glyph.getPath(0, 0, font.unitsPerEm).commands.map(pathStep).join("");
  return `  [${JSON.stringify(character)}, ${glyph.advanceWidth}, "${path}"],`;
});

const text = `// Made by tools/make-glyphs.js from DejaVu Sans Bold 2.37. Do not edit.
//
// DejaVu fonts: changes are in public domain. Bitstream Vera: Copyright (c) 2003 by Bitstream, Inc. All Rights Reserved.
// Bitstream Vera is a trademark of Bitstream, Inc. Arev: Copyright (c) 2006 by Tavmjong Bah. All Rights Reserved.
// The licence of the fonts permits use, copy and embedding: https://dejavu-fonts.github.io/License.html

/** Font units per em. */
export const unitsPerEm = ${font.unitsPerEm};
/** Height of a capital letter and of a digit, font units. */
export const capitalHeight = ${font.tables.os2.sCapHeight || 1493};
/** Depth of the letters that go below the line, font units. */
export const descent = ${Math.abs(font.tables.os2.sTypoDescender)};

/** Character, advance, outline: M, L, Q and Z of SVG with absolute coordinates, y down, the origin on the base line. */
// biome-ignore format: one line for each character
export const glyphOutlines: readonly (readonly [character: string, advance: number, outline: string])[] = [
${lines.join("\n")}
];
`;
writeFileSync(new URL("../src/glyph-outlines.ts", import.meta.url), text);

function pathStep({ type, x, y, x1, y1 }) {
  if (type === "Z") return "Z";
  return type === "Q" ? `Q${x1} ${y1} ${x} ${y}` : `${type}${x} ${y}`;
}
