import { open } from "node:fs/promises";
import { basename } from "node:path";
import { Code, type DatasetStream, type Loader, type RawOptions, SluiceError, stemOf } from "@sluice/core";

/** A file that a loader has taken on. */
export interface Input {
  readonly path: string;
  readonly loader: Loader;
  readonly stream: DatasetStream;
  /** File name without its extension: the default name of artifacts. */
  readonly stem: string;
}

/** Finds the loader of a file and reads its header. */
export async function openInput(
  path: string,
  loaders: readonly Loader[],
  options: RawOptions,
  signal?: AbortSignal,
): Promise<Input> {
  const loader = await loaderOf(path, loaders);
  return {
    path,
    loader,
    stem: stemOf(withoutExtension(path, loader)),
    stream: await loader.load(path, options, signal),
  };
}

/** The first loader that recognises the file. */
export async function loaderOf(path: string, loaders: readonly Loader[]): Promise<Loader> {
  const head = await readHead(path);
  const found = loaders.find((loader) => loader.recognises(path, head));
  if (found) return found;
  throw new SluiceError({
    reason: "INPUT_UNKNOWN",
    message: "No loader recognises this file.",
    field: "input",
    got: basename(path),
    allowed: loaders.flatMap((loader) => loader.format.extensions),
    remedy: "See `sluice formats` for what can be read.",
  });
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): SluiceError {
  const code = (cause as NodeJS.ErrnoException).code ?? String(cause);
  const missing = code === "ENOENT";
  return new SluiceError(
    {
      reason: missing ? "INPUT_MISSING" : "INPUT_UNREADABLE",
      message: missing ? "There is no such file." : "The file cannot be read.",
      field: "input",
      got: missing ? path : `${path}: ${code}`,
      remedy: missing ? "Check the path." : "Check that it is a file and that you may read it.",
      grpcCode: missing ? Code.NOT_FOUND : Code.PERMISSION_DENIED,
    },
    { cause },
  );
}

function withoutExtension(path: string, loader: Loader): string {
  const name = basename(path);
  const extension = loader.format.extensions.find((ending) => name.toLowerCase().endsWith(ending));
  return extension ? name.slice(0, -extension.length) : name;
}
