import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "@jest/globals";

/** A test on a recording in `../shared/data/afm` of the project's root; skipped, with the reason in its name, without. */
export function sampleTest(name: string, file: string, work: (path: string) => Promise<void>): void {
  const path = fileURLToPath(new URL(`../../../../../shared/data/afm/${file}`, import.meta.url));
  if (existsSync(path)) test(name, () => work(path));
  else test.skip(`${name} (SKIPPED: ../shared/data/afm/${file} is not there)`, () => undefined);
}
