import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { settingsTable } from "./settings-table.ts";

test("the README holds the table of all settings", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  expect(/<!-- settings -->\n([^]*)\n<!-- \/settings -->/.exec(readme)?.[1]?.trim()).toBe(settingsTable());
});
