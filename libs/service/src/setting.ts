import { SluiceError } from "@sluice/core";
import { type ObjectLocation, parseS3Root, requirePlainPrefix } from "@sluice/sink";
import * as v from "valibot";

/** What an operator must know of a setting beside its name. */
export interface SettingNotes {
  /** One line: what it does. */
  readonly doc: string;
  /** The text that stands for it when it is not set. */
  readonly fallback: string;
  /** Never shown. */
  readonly secret: boolean;
}

type TextParser<Output> = v.GenericSchema<string, Output>;

/** A setting read from text, with a default that works. */
export function setting<Output>(
  doc: string,
  fallback: string,
  parser: TextParser<Output>,
): v.GenericSchema<string | undefined, Output> {
  return v.pipe(v.optional(v.string(), fallback), parser, v.metadata({ doc, fallback, secret: false }));
}

/** A setting that is never shown; unset unless given. */
export function secretSetting<Output>(
  doc: string,
  parser: TextParser<Output>,
): v.GenericSchema<string | undefined, Output> {
  return v.pipe(v.optional(v.string(), ""), parser, v.metadata({ doc, fallback: "", secret: true }));
}

/** The notes that {@link setting} left in the schema. */
export function notesOf(schema: v.GenericSchema): SettingNotes {
  return v.getMetadata(schema) as unknown as SettingNotes;
}

/** Any text. */
export const text = v.string();

/** A whole number between two bounds. */
export function wholeNumber(minimum: number, maximum: number): TextParser<number> {
  const allowed = `a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, allowed),
    v.transform(Number),
    v.minValue(minimum, allowed),
    v.maxValue(maximum, allowed),
  );
}

const units: Readonly<Record<string, number>> = { "": 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** A number of bytes, plain or with KiB, MiB, GiB or TiB. */
export function byteCount(minimum: number, maximum: number): TextParser<number> {
  const allowed = `bytes from ${minimum} to ${maximum}, plain or as KiB, MiB, GiB, TiB (such as 16MiB)`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+ ?([KMGT]iB)?$/, allowed),
    v.transform((given) => Number.parseInt(given, 10) * units[given.replace(/^\d+ ?/, "")]!),
    v.minValue(minimum, allowed),
    v.maxValue(maximum, allowed),
  );
}

/** "true" or "false". */
export const flag: TextParser<boolean> = v.pipe(
  v.string(),
  v.picklist(["true", "false"], "true or false"),
  v.transform((given) => given === "true"),
);

/** One of a few words. */
export function oneOf<const Words extends readonly string[]>(words: Words): TextParser<Words[number]> {
  return v.pipe(v.string(), v.picklist(words, `one of ${words.join(", ")}`));
}

const tokenPattern = /^[A-Za-z0-9._~+/-]+=*$/;

/** True when the text can stand in an Authorization header as a bearer token (RFC 6750, section 2.1). */
export function isBearerToken(candidate: string): boolean {
  return tokenPattern.test(candidate);
}

const tokenRule = "letters, digits and - . _ ~ + / with = at the end alone (RFC 6750)";

/** One bearer token, or nothing. */
export const bearerToken: TextParser<string> = v.pipe(
  v.string(),
  v.check((given) => given === "" || isBearerToken(given), tokenRule),
);

/** Bearer tokens between commas. */
export const bearerTokens: TextParser<readonly string[]> = v.pipe(
  v.string(),
  v.transform(listItems),
  v.check((tokens) => tokens.every(isBearerToken), `tokens between commas: ${tokenRule}`),
);

const addressPattern = /^(unix:.+|dns:.+|\[[0-9A-Fa-f:.]+\]:\d{1,5}|[^\s:=,/]+:\d{1,5})$/;

/** One address, or nothing. */
export const address: TextParser<string> = v.pipe(
  v.string(),
  v.check((given) => given === "" || addressPattern.test(given), "host:port, such as localhost:50049"),
);

/** Addresses by format name: "ome-tiff=host:port,hdf5=host:port". */
export const formatAddresses: TextParser<ReadonlyMap<string, string>> = v.pipe(
  v.string(),
  v.transform((given) => listItems(given).map(formatAndAddress)),
  v.check(
    (pairs) =>
      pairs.every(([format, place]) => format !== "" && addressPattern.test(place)) &&
      new Set(pairs.map(([format]) => format)).size === pairs.length,
    "NAME=host:port between commas, each name once, such as ome-tiff=localhost:50052,hdf5=localhost:50053",
  ),
  v.transform((pairs) => new Map(pairs)),
);

/** A web address without anything secret or behind the host, or nothing. */
export const webAddress: TextParser<string> = v.pipe(
  v.string(),
  v.check((given) => given === "" || isPlainWebAddress(given), "http://host:port or https://host:port, without a user"),
);

function isPlainWebAddress(given: string): boolean {
  if (!URL.canParse(given)) return false;
  const { protocol, username, password, search, hash } = new URL(given);
  return /^https?:$/.test(protocol) && username + password + search + hash === "";
}

/** Buckets and prefixes between commas. */
export const objectRoots: TextParser<readonly ObjectLocation[]> = v.pipe(
  v.string(),
  v.transform((given) => listItems(given).map(objectRoot)),
  v.check(
    (roots) => !roots.includes(undefined),
    "s3://bucket or s3://bucket/prefix between commas, without empty names or dots between slashes",
  ),
  v.transform((roots) => roots.filter((root) => root !== undefined)),
);

function objectRoot(item: string): ObjectLocation | undefined {
  try {
    const root = parseS3Root(item, "");
    return root.key === "" ? root : requirePlainPrefix(root, "");
  } catch (error) {
    if (error instanceof SluiceError) return undefined;
    throw error;
  }
}

function formatAndAddress(item: string): [format: string, address: string] {
  const equals = item.indexOf("=");
  return equals < 0 ? ["", item] : [item.slice(0, equals).trim(), item.slice(equals + 1).trim()];
}

function listItems(given: string): string[] {
  return given
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}
