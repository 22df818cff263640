import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

/**
 * Every file below a folder, hidden ones too, with the SHA-256 of its content; empty folders end in "/". Something that
 * is removed while it is looked at makes it look again: a service may still be tidying up.
 */
export function contentsOf(folder: string): Record<string, string> {
  for (;;) {
    try {
      return contentsNow(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || !existsSync(folder)) throw error;
    }
  }
}

function contentsNow(folder: string): Record<string, string> {
  const contents: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(folder, path);
    if (entry.isFile()) contents[name] = createHash("sha256").update(readFileSync(path)).digest("hex");
    else if (readdirSync(path).length === 0) contents[`${name}/`] = "";
  }
  return contents;
}

/** Names of the files below a folder, hidden ones too, sorted. */
export function filesOf(folder: string): string[] {
  return Object.keys(contentsOf(folder)).toSorted();
}
