import type { TreeAttribute, TreeObject } from "@sluice/hdf5";

/** The tree of an HDF5 file for people, several lines. */
export function describeTree(tree: TreeObject): string {
  return [...objectLines(tree, "")].map((line) => `  ${line}`).join("\n");
}

function* objectLines(object: TreeObject, indent: string): Generator<string> {
  yield `${indent}${plain(object.name)}${describeObject(object)}`;
  const inner = `${indent}  `;
  for (const attribute of object.attributes ?? [])
    yield `${inner}@${plain(attribute.name)} ${describeValue(attribute)}`;
  for (const child of object.children ?? []) yield* objectLines(child, inner);
  if (object.hidden) yield `${inner}... and ${object.hidden} more; --all shows them`;
}

function describeObject(object: TreeObject): string {
  const { kind, name, problem, sameAs, target, leadsTo } = object;
  const slash = kind === "group" && name !== "/" ? "/" : "";
  if (problem !== undefined) return `${slash}: ${kind} that cannot be read, ${plain(problem)}`;
  if (sameAs !== undefined) return `${slash}: the same as ${plain(sameAs)}`;
  if (kind === "soft-link") return ` -> ${plain(target ?? "")}${leadsTo === undefined ? ", which is not there" : ""}`;
  if (kind === "external-link") return ` -> ${plain(target ?? "")}, in another file`;
  return kind === "dataset" ? `: ${describeDataset(object)}` : kind === "group" ? slash : `: ${kind}`;
}

function describeDataset({ type = "", shape, maxShape, chunks, filters, bytes }: TreeObject): string {
  return [
    `${plain(type)}${shape === null ? ", empty" : ` [${shape?.join(", ") ?? ""}]`}`,
    ...(maxShape ? [`up to [${maxShape.map((length) => length ?? "any").join(", ")}]`] : []),
    ...(chunks ? [`chunks of [${chunks.join(", ")}]`] : []),
    ...(filters ? [filters.map(plain).join(" + ")] : []),
    ...(bytes === undefined ? [] : [byteCount(bytes)]),
  ].join(", ");
}

function describeValue({ type, shape, value, unreadable }: TreeAttribute): string {
  if (unreadable !== undefined) return `cannot be read: ${plain(unreadable)}`;
  if (value === undefined) return `${plain(type)} [${shape?.join(", ") ?? ""}]`;
  return value === null ? `empty ${plain(type)}` : JSON.stringify(value);
}

function byteCount(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const step = Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** step).toPrecision(3)} ${["B", "kB", "MB", "GB", "TB"][step]}`;
}

/** Names and reasons come from the file: what a terminal would obey is told as JSON tells it. */
function plain(text: string): string {
  return /\p{Control}/u.test(text) ? JSON.stringify(text) : text;
}
