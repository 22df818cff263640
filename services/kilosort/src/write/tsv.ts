import type { Cell } from "@sluice/spikes";

/** A table as text with tabs, quoted where needed (RFC 4180): as Python's csv module and pandas read it. */
export function tsvText(names: readonly string[], rows: Iterable<readonly Cell[]>): string {
  const lines = [names.map(quoted).join("\t")];
  for (const row of rows) lines.push(row.map((cell) => quoted(cellText(cell))).join("\t"));
  return `${lines.join("\n")}\n`;
}

/** Empty for what is missing; True and False as Python has them. */
function cellText(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? "True" : "False";
  if (typeof cell === "object") return `(${cell[0]}${cell[1] < 0 ? "" : "+"}${cell[1]}j)`;
  return typeof cell === "number" && Number.isNaN(cell) ? "nan" : String(cell).replace("Infinity", "inf");
}

function quoted(text: string): string {
  return /["\t\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
