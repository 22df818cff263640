/** Text of a header, and how it was decoded. */
export interface HeaderText {
  readonly text: string;
  readonly detail: string;
}

/** Encodings by Windows code page, as .asd files name them (libasd, header.hpp), with their WHATWG labels. */
const encodings: Readonly<Record<number, string>> = {
  932: "shift_jis",
  1200: "utf-16le",
  1252: "windows-1252",
  10001: "shift_jis",
  20127: "windows-1252",
  20932: "euc-jp",
  65001: "utf-8",
};

/**
 * Decodes text of a header and drops the zero bytes that pad it. A code page that is not known is shown as Latin-1,
 * so that no byte is lost; `detail` says so.
 *
 * @param codePage undefined in version 0 files, which name none: Shift-JIS is assumed
 */
export function decodeText(bytes: Uint8Array, codePage: number | undefined): HeaderText {
  const label = encodings[codePage ?? 932];
  if (label === undefined) {
    return { text: unpad(Buffer.from(bytes).toString("latin1")), detail: `code page ${codePage} unknown, as Latin-1` };
  }
  const text = unpad(new TextDecoder(label).decode(bytes));
  const from = codePage === undefined ? `${label} assumed` : `${label}, code page ${codePage}`;
  return { text, detail: text.includes("\uFFFD") ? `${from}; some bytes are no text` : from };
}

function unpad(text: string): string {
  return text.replaceAll("\0", "").trim();
}
