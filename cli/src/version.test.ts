import { readFile } from "node:fs/promises";
import { expect, test } from "@jest/globals";
import { version } from "./version.ts";

test("`sluice --version` is the version of the package", async () => {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { version: string }).version).toBe(version);
});
