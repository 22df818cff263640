import { readdir } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { Code, type DatasetStream, type Loader, type RawOptions, SluiceError, stemOf } from "@sluice/core";
import { isPickle, pickleRefused } from "@sluice/pickle/refusal";
import { readFully, withSource } from "@sluice/source";

/** What a loader may look at to recognise a file. */
const headBytes = 4096;

/** A file that a loader has taken on. */
export interface Input {
  readonly path: string;
  readonly loader: Loader;
  readonly stream: DatasetStream;
  /** Name of the file without its extension, or of the folder: the default name of artifacts. */
  readonly stem: string;
}

/** How a file is read. */
export interface Reading {
  readonly signal?: AbortSignal;
  /** True: values come as they are stored, to compute with; options that are given go before. */
  readonly exact?: boolean;
}

/** Finds the loader of a file or a folder and reads its header. */
export async function openInput(
  path: string,
  loaders: readonly Loader[],
  options: RawOptions,
  { signal, exact = false }: Reading = {},
): Promise<Input> {
  const loader = await loaderOf(path, loaders);
  const chosen = exact ? { ...loader.exactOptions, ...options } : options;
  return {
    path,
    loader,
    stem: stemOf(withoutExtension(path, loader)),
    stream: await loader.load(path, chosen, signal),
  };
}

/**
 * Refuses inputs whose artifacts would have the same names; names that differ in case or composition alone are the same.
 *
 * @param name of all artifacts; undefined: that of each input
 */
export async function requireOwnNames(
  paths: readonly string[],
  loaders: readonly Loader[],
  name: string | undefined,
): Promise<void> {
  if (paths.length < 2) return;
  const named = new Map<string, string>();
  for (const path of paths) {
    const stem = name ?? stemOf(withoutExtension(path, await loaderOf(path, loaders)));
    const key = stem.normalize("NFC").toLowerCase();
    const other = named.get(key);
    if (other !== undefined) throw sameName(other, path, stem, name !== undefined);
    named.set(key, path);
  }
}

function sameName(one: string, other: string, stem: string, given: boolean): SluiceError {
  return new SluiceError({
    reason: "NAME_TWICE",
    message: "Two inputs would be exported under the same name.",
    field: given ? "--name" : "input",
    got: `${basename(resolve(one))} and ${basename(resolve(other))}, both as ${stem}`,
    allowed: ["a name of its own for each input"],
    remedy: given
      ? "Leave --name out, or export one after the other."
      : "Export one of them alone, with --name or --out.",
  });
}

/** The first loader that recognises the file or the folder. */
export async function loaderOf(path: string, loaders: readonly Loader[]): Promise<Loader> {
  const files = await filesOf(path);
  const head = files ? new Uint8Array(0) : await readHead(path);
  const found = loaders.find((loader) => (files ? loader.recognisesFolder?.(files) : loader.recognises(path, head)));
  if (found) return found;
  if (isPickle(head)) throw pickleRefused(basename(path));
  if (!files && head.length === 0) throw emptyFile(path);
  throw new SluiceError({
    reason: "INPUT_UNKNOWN",
    message: `No loader recognises this ${files ? "folder" : "file"}.`,
    field: "input",
    got: basename(resolve(path)),
    allowed: loaders.flatMap(({ format, recognisesFolder }) =>
      recognisesFolder ? [`a folder of ${format.name}`] : format.extensions,
    ),
    remedy: "See `sluice formats` for what can be read.",
  });
}

function emptyFile(path: string): SluiceError {
  return new SluiceError({
    reason: "FILE_EMPTY",
    message: "The file is empty.",
    field: "input",
    got: `${basename(resolve(path))}, 0 bytes`,
    remedy: "Copy the file again from its source.",
  });
}

/** True for a folder; false for what is none, or is not there. */
export async function isFolder(path: string): Promise<boolean> {
  return (await filesOf(path)) !== undefined;
}

/** Names of what lies in a folder; undefined for what is none, or is not there. */
async function filesOf(path: string): Promise<string[] | undefined> {
  try {
    return await readdir(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOTDIR" || code === "ENOENT") return undefined;
    throw new SluiceError(
      {
        reason: "SOURCE_UNREADABLE",
        message: "The folder cannot be read.",
        field: basename(resolve(path)),
        got: code ?? String(cause),
        remedy: "Correct the path or the permissions.",
        grpcCode: Code.PERMISSION_DENIED,
      },
      { cause },
    );
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  return withSource(path, async (file) => {
    const head = new Uint8Array(headBytes);
    return head.subarray(0, await readFully(file, head, 0));
  });
}

function withoutExtension(path: string, loader: Loader): string {
  const name = basename(resolve(path));
  const extension = loader.format.extensions.find((ending) => name.toLowerCase().endsWith(ending));
  return extension ? name.slice(0, -extension.length) : name;
}
