/** Rows of a .tsv or .csv file, quoted where needed (RFC 4180). The delimiter is a tab, where the first line has one. */
export function parseDelimited(source: string): string[][] {
  const body = source.startsWith("\ufeff") ? source.slice(1) : source;
  const delimiter = (body.split("\n", 1)[0] ?? "").includes("\t") ? "\t" : ",";
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < body.length; ) {
    const { cell, end } = body[at] === '"' ? quotedCell(body, at) : plainCell(body, at, delimiter);
    row.push(cell);
    at = end + 1;
    if (body[end] === delimiter) {
      if (at === body.length) row.push("");
      continue;
    }
    if (body[end] === "\r" && body[at] === "\n") at++;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows.filter((cells) => cells.length > 1 || cells[0] !== "");
}

/** @param end where the delimiter or the end of the line stands */
interface Cell {
  readonly cell: string;
  readonly end: number;
}

function plainCell(body: string, start: number, delimiter: string): Cell {
  let end = start;
  while (end < body.length && body[end] !== delimiter && body[end] !== "\n" && body[end] !== "\r") end++;
  return { cell: body.slice(start, end), end };
}

function quotedCell(body: string, start: number): Cell {
  let end = start + 1;
  while (end < body.length && (body[end] !== '"' || body[end + 1] === '"')) end += body[end] === '"' ? 2 : 1;
  return { cell: body.slice(start + 1, end).replaceAll('""', '"'), end: end + 1 };
}
