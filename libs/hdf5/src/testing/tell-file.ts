import { SluiceError } from "@sluice/core";
import type { Hdf5Child } from "../read/child.ts";
import type { Hdf5Dataset } from "../read/dataset.ts";
import type { Hdf5Group } from "../read/group.ts";
import { Hdf5File } from "../read/hdf5-file.ts";
import { Session, type SessionOptions } from "../read/session.ts";
import { StorageError } from "../read/structure/stored-file.ts";

/** Everything that a file holds, as plain values, in the order in which it is read. */
export type ToldFile = readonly unknown[];

/** A file as our own code and as the library alone read it. */
export interface BothWays {
  readonly own: ToldFile;
  readonly library: ToldFile;
  /** Why the library had to read the file, or the rest of it, after all; undefined when our own code read all of it. */
  readonly handedOver: string | undefined;
}

/** Why our own code leaves a file to the library; undefined when it reads all of it. */
export async function whyLeft(path: string): Promise<string | undefined> {
  try {
    await tellFile(path, { only: "own" });
    return undefined;
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return error.message;
  }
}

/**
 * Reads a file whole in both ways: names, kinds, addresses, types, attributes, values, and the problems of each.
 *
 * @throws the reason of the signal, and what is no SluiceError
 */
export async function tellBothWays(path: string, signal?: AbortSignal): Promise<BothWays> {
  const own = await tellFile(path, {}, signal);
  const library = await tellFile(path, { only: "library" }, signal);
  return { own: own.told, library: library.told, handedOver: own.handedOver };
}

async function tellFile(path: string, options: SessionOptions, signal?: AbortSignal) {
  const told: unknown[] = [];
  let session: Session | undefined;
  const problem = await attempted(async () => {
    session = await Session.open(path, signal, options);
    try {
      await tellGroup(new Hdf5File(session, "/"), told, new Set());
    } finally {
      await session.close();
    }
  });
  return { told: [...told, problem], handedOver: session ? session.handedOver : "the file cannot be opened" };
}

async function tellGroup(group: Hdf5Group, told: unknown[], seen: Set<number>): Promise<void> {
  const address = await group.address();
  told.push({ path: group.path, address, attributes: await tellAttributes(group) });
  if (seen.has(address)) return;
  seen.add(address);
  const children = await attempted(() => group.children());
  told.push(children);
  if (!Array.isArray(children)) return;
  for (const { name, kind, leadsTo = kind } of children as Hdf5Child[]) {
    const path = `${group.path}/${name}`;
    if (leadsTo === "dataset") told.push(await attempted(async () => tellDataset(await group.dataset(path))));
    if (kind === "group") {
      const problem = await attempted(async () => tellGroup(await group.group(path), told, seen));
      if (problem !== undefined) told.push(problem);
    }
  }
}

async function tellDataset(dataset: Hdf5Dataset): Promise<unknown> {
  const { path, shape, maxShape, chunks, type, filters, itemBytes, dataType } = dataset;
  const values = await attempted(() => dataset.readValues());
  const middle = shape?.map((length) => length >> 1) ?? [];
  const box = { offset: middle, shape: middle.map((start, axis) => Math.ceil(((shape?.[axis] ?? 0) - start) / 2)) };
  return {
    path,
    type: [type, dataType, itemBytes],
    space: [shape, maxShape],
    storage: [chunks, filters],
    values,
    address: await dataset.address(),
    attributes: await tellAttributes(dataset),
    part: shape && (await attempted(() => dataset.readValues(box))),
    bytes: dataType && (await attempted(async () => Buffer.from(await dataset.read()))),
    blocks: dataType && (await attempted(() => bytesOfBlocks(dataset))),
  };
}

/** Names with types, shapes and values. */
function tellAttributes(object: Hdf5Group | Hdf5Dataset): Promise<unknown> {
  return attempted(async () => [...(await object.storedAttributes())]);
}

async function bytesOfBlocks(dataset: Hdf5Dataset): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { data } of dataset.blocks({ maximumBytes: 4096 })) parts.push(data);
  return Buffer.concat(parts);
}

async function attempted(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    return problemOf(error);
  }
}

/** The problem of a SluiceError; other errors are thrown on. */
function problemOf(error: unknown): unknown {
  if (!(error instanceof SluiceError)) throw error;
  return { problem: error.problem };
}
