/** A JSON object as it was parsed. */
export type JsonObject = { readonly [key: string]: unknown };

/** True for objects that are neither lists nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** JSON in ASCII, as Python writes it. Numbers that JSON does not know become null. */
export function toAsciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[\u007f-\uffff]/g, escapeUnit);
}

/**
 * Parses JSON as Python reads it: NaN and infinities, which Python writes and JSON does not know, become null.
 *
 * @throws SyntaxError
 */
export function parsePythonJson(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(stringOrConstant, (token) => (token.startsWith('"') ? token : "null")));
}

const stringOrConstant = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g;

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
