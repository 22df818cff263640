import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

/** A temporary folder for a test file; it is removed when the file's tests are over. */
export interface Scratch {
  readonly folder: string;
  /** A new empty folder inside. */
  fresh(name?: string): string;
  path(...parts: string[]): string;
}

/**
 * Call it at the top of a test file.
 *
 * @param beforeRemoval undoes what would keep the folder from being removed
 */
export function useScratch(beforeRemoval: () => void = () => undefined): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "sluice-tests-"));
  let count = 0;
  afterAll(() => {
    beforeRemoval();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    folder,
    fresh: (name = "folder") => {
      count += 1;
      const path = join(folder, `${name}-${count}`);
      mkdirSync(path);
      return path;
    },
    path: (...parts) => join(folder, ...parts),
  };
}
