import { SluiceError } from "@sluice/core";
import type { Hdf5Child, Hdf5Dataset, Hdf5File, Hdf5Group } from "@sluice/hdf5";

/** One thing met on the way through a file. */
export type Found =
  | { readonly kind: "group"; readonly group: Hdf5Group }
  | { readonly kind: "dataset"; readonly dataset: Hdf5Dataset }
  | { readonly kind: "other"; readonly path: string; readonly child: Hdf5Child };

/** Beyond these it is no file to be read at once. */
const mostObjects = 100_000;
const mostDepth = 64;

/**
 * What is at a path and below it, in the order of names. Links are named, not followed; a group that was met before, by
 * another name, is a link to it.
 */
export async function* walk(file: Hdf5File, start: string): AsyncGenerator<Found> {
  let objects = 0;
  for await (const found of objectsBelow(file, start)) {
    if (++objects > mostObjects) throw tooMany(`more than ${mostObjects} objects`);
    yield found;
  }
}

async function* objectsBelow(file: Hdf5File, start: string): AsyncGenerator<Found> {
  const met = new Map<number, string>();
  if (start === "/") yield* groupAndBelow(file, met, 0);
  else if ((await file.kindOf(start)) === "dataset") yield { kind: "dataset", dataset: await file.dataset(start) };
  else yield* groupAndBelow(await file.group(start), met, 0);
}

async function* groupAndBelow(group: Hdf5Group, met: Map<number, string>, depth: number): AsyncGenerator<Found> {
  if (depth > mostDepth) throw tooMany(`groups ${depth} deep`);
  met.set(await group.address(), group.path);
  yield { kind: "group", group };
  for (const child of await group.children()) {
    const { name, kind } = child;
    const path = `${group.path === "/" ? "" : group.path}/${name}`;
    if (kind === "dataset") yield { kind, dataset: await group.dataset(name) };
    else if (kind === "group") {
      const below = await group.group(name);
      const target = met.get(await below.address());
      if (target === undefined) yield* groupAndBelow(below, met, depth + 1);
      else yield { kind: "other", path, child: { ...child, target } };
    } else yield { kind: "other", path, child };
  }
}

function tooMany(got: string): SluiceError {
  return new SluiceError({
    reason: "HDF5_TREE_TOO_LARGE",
    message: "The file has more groups and datasets than can be read as one dataset.",
    got,
    allowed: [`${mostObjects} objects in groups up to ${mostDepth} deep`],
    remedy: "Name the dataset or group to read by the option `dataset`.",
  });
}
