import { isXmlText } from "./xml.ts";

/** Namespaces of the annotations that Sluice writes. Their shapes are described in docs/formats/ome-tiff.md. */
export const namespaces = {
  /** One map for each processing step, oldest first. */
  provenance: "urn:sluice:provenance:v1",
  /** One map: the dataset's metadata. */
  metadata: "urn:sluice:metadata:v1",
  /** One map: the dataset's JSON records. */
  records: "urn:sluice:records:v1",
  /** One comment: what the stream said beyond that, as JSON. */
  stream: "urn:sluice:stream:v1",
  /** One map for each array of coordinates of an axis. */
  coordinates: "urn:sluice:coordinates:v1",
} as const;

/** Text pairs that people see in OMERO and other readers, or one text. */
export type Annotation =
  | { readonly namespace: string; readonly pairs: readonly (readonly [key: string, value: string])[] }
  | { readonly namespace: string; readonly comment: string };

/**
 * A JSON value as the text of a map entry: a string stands as it is unless it would be taken for JSON or holds
 * characters that XML cannot; anything else is JSON. {@link parseValue} reverses it.
 */
export function valueText(value: unknown): string {
  return typeof value === "string" && isXmlText(value) && parsed(value) === undefined ? value : toJson(value);
}

/** The JSON value that a text of a map entry stands for. */
export function parseValue(text: string): unknown {
  const json = parsed(text);
  return json === undefined ? text : json.value;
}

/** Annotations of string keys and JSON values, one map; none when there are no entries. */
export function mapOf(namespace: string, entries: Readonly<Record<string, unknown>> | undefined): Annotation[] {
  const pairs = Object.entries(entries ?? {}).map(([key, value]) => [keyText(key), valueText(value)] as const);
  return pairs.length === 0 ? [] : [{ namespace, pairs }];
}

/** The entries of a map annotation. */
export function entriesOf(pairs: readonly (readonly [string, string])[]): Record<string, unknown> {
  return Object.fromEntries(pairs.map(([key, value]) => [parseKey(key), parseValue(value)]));
}

/** JSON in ASCII. Numbers that JSON does not know (NaN, infinities) become null, as in JSON.stringify. */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function keyText(key: string): string {
  return isXmlText(key) && !key.startsWith('"') ? key : toJson(key);
}

function parseKey(text: string): string {
  const json = text.startsWith('"') ? parsed(text) : undefined;
  return typeof json?.value === "string" ? json.value : text;
}

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
