import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { exporters, loaders } from "./formats.ts";

/** Pages of loaders that have none of their own name. */
const pages: Readonly<Record<string, string>> = { asd: "afm", "h5-jpk": "afm" };

/** What stands as code in the first cells of the tables of options of a format's page. */
function documented(format: string, column: "option" | "option of the loader"): ReadonlySet<string> {
  const page = readFileSync(new URL(`../../docs/formats/${pages[format] ?? format}.md`, import.meta.url), "utf8");
  const tables = page.split("\n\n").filter((part) => part.trimStart().startsWith(`| ${column} |`));
  const cells = tables.flatMap((table) => table.split("\n").map((row) => row.split(" | ")[0] ?? ""));
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string)));
}

function missing(optionSchema: Record<string, unknown> | undefined, names: ReadonlySet<string>): string[] {
  return Object.keys(optionSchema?.["properties"] ?? {}).filter((name) => !names.has(name));
}

test.each(exporters)("the page of $format tells every option of the exporter", async (exporter) => {
  const { optionSchema } = await exporter.describe();
  expect(missing(optionSchema, documented(exporter.format, "option"))).toEqual([]);
});

test.each(loaders)("the page of $format.name tells every option of the loader", ({ format }) => {
  expect(missing(format.optionSchema, documented(format.name, "option of the loader"))).toEqual([]);
});
