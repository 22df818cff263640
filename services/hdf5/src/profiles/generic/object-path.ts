/**
 * Paths inside the file for names of the stream: as they are where HDF5 and h5py can hold them, slashes dividing groups.
 *
 * A name that cannot be a path becomes one link, in which %, slashes, NUL, halves of surrogate pairs and dots alone are
 * written as in a URL: empty parts, the parts "." and "..", and names that begin with another name and a slash, since
 * what has that name is no group to put others in. No two names share a path.
 */
export function objectPaths(names: readonly string[]): ReadonlyMap<string, string> {
  const all = new Set(names);
  return new Map(names.map((name) => [name, isPath(name) && !isBelow(name, all) ? name : linkName(name)]));
}

/** The name as one link. */
export function linkName(name: string): string {
  if (isPath(name) && !name.includes("/")) return name;
  const escaped = name.replaceAll(
    unfit,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
  if (escaped === "") return "%";
  return /^\.+$/.test(escaped) ? escaped.replaceAll(".", "%2E") : escaped;
}

const unfit = /[%/\0]|\p{Surrogate}/gu;

function isPath(name: string): boolean {
  const parts = name.split("/");
  return !/[%\0]|\p{Surrogate}/u.test(name) && parts.every((part) => part !== "" && part !== "." && part !== "..");
}

function isBelow(name: string, names: ReadonlySet<string>): boolean {
  for (let slash = name.indexOf("/"); slash > 0; slash = name.indexOf("/", slash + 1)) {
    if (names.has(name.slice(0, slash))) return true;
  }
  return false;
}
