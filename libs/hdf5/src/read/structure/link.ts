import { decodeStrictly } from "./name.ts";
import { StorageError } from "./stored-file.ts";

/** A link of a group. */
export type FileLink =
  | { readonly kind: "hard"; readonly address: number }
  | { readonly kind: "soft"; readonly target: string }
  /** File and path, divided by a colon. */
  | { readonly kind: "external"; readonly target: string };

/** A name as it is kept; one that no path can have is a StorageError. */
export function linkName(bytes: Buffer): string {
  const name = decodeStrictly(bytes);
  if (name === "" || name === "." || /[/\0]/.test(name)) throw new StorageError(`the name ${JSON.stringify(name)}`);
  return name;
}

/** Longer targets come from damaged heaps. */
const longestTarget = 65_535;

/** A soft link to somewhere. */
export function softLink(bytes: Buffer): FileLink {
  const target = decodeStrictly(bytes);
  if (target === "" || target.includes("\0") || bytes.length > longestTarget)
    throw new StorageError("a soft link to nothing");
  return { kind: "soft", target };
}
