import { mkdir, realpath, rmdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { Code, SluiceError } from "@sluice/core";
import { pathFault } from "./artifact-path.ts";
import { fileProblem, isFileError, namingFaults } from "./file-problem.ts";

/**
 * The folder that a sink may write to, below a root that no path and no link leads out of. Makes folders when they are
 * needed, knows which it made, and can tell later whether all are where they were.
 */
export class OutputFolder {
  readonly #rootPath: string;
  readonly #root: string;
  readonly #directory: readonly string[];
  /** Real paths by their names below the root. */
  readonly #folders = new Map<string, string>();
  readonly #made: string[] = [];

  /**
   * @param root existing folder
   * @param directory folder below it, made when the first artifact needs it; "" is the root itself
   */
  static async open(root: string, directory: string): Promise<OutputFolder> {
    const fault = directory === "" ? undefined : pathFault(directory);
    if (fault !== undefined) {
      throw new SluiceError({
        reason: "DIRECTORY_INVALID",
        message: `The output directory ${fault}.`,
        field: directoryField,
        got: JSON.stringify(directory),
        allowed: ["a relative path below the folder that this process may write to, such as 2026/mouse-3"],
        remedy: "Choose another directory.",
      });
    }
    const real = await namingFaults("root", () => realpath(root));
    const folder = new OutputFolder(root, real, directory === "" ? [] : directory.split("/"));
    await folder.#requireFolder(real, "root");
    await folder.#walk(folder.#directory, directoryField, false);
    return folder;
  }

  private constructor(rootPath: string, root: string, directory: readonly string[]) {
    this.#rootPath = rootPath;
    this.#root = root;
    this.#directory = directory;
  }

  /** Real path of the folder that an artifact lies in, made if it is not there. */
  async folderOf(path: string): Promise<string> {
    const names = [...this.#directory, ...path.split("/").slice(0, -1)];
    const key = names.join("/");
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const real = (await this.#walk(names, `artifacts.${path}`, true)) as string;
    this.#folders.set(key, real);
    return real;
  }

  /** Forgets where the folder of an artifact is: it was found missing. */
  forget(path: string): void {
    this.#folders.delete([...this.#directory, ...path.split("/").slice(0, -1)].join("/"));
  }

  /** Throws unless every folder in use still is where it was. */
  async check(): Promise<void> {
    const root = await namingFaults("root", () => realpath(this.#rootPath));
    if (root !== this.#root) throw moved("root");
    for (const [key, known] of this.#folders) {
      const names = key === "" ? [] : key.split("/");
      const real = await this.#walk(names, directoryField, false);
      if (real !== known) throw moved(directoryField);
    }
  }

  /** Real paths of all folders whose entries an export changes. */
  changed(): string[] {
    return [...new Set([...this.#folders.values(), ...this.#made.map((folder) => dirname(folder))])];
  }

  /** Removes the folders that were made here and that nobody has put anything in. */
  async removeMade(): Promise<void> {
    for (const folder of this.#made.toReversed()) {
      try {
        await rmdir(folder);
      } catch (error) {
        // Another export may use it by now, or somebody have removed or exchanged it.
        if (!isFileError(error, "ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR")) throw fileProblem(error, directoryField);
      }
    }
  }

  /** Real path of a folder below the root; undefined if it is not there and shall not be made. */
  async #walk(names: readonly string[], field: string, make: boolean): Promise<string | undefined> {
    let current = this.#root;
    for (const name of names) {
      const next = join(current, name);
      if (make) await this.#make(next, field);
      try {
        current = await realpath(next);
      } catch (error) {
        if (!make && isFileError(error, "ENOENT")) return undefined;
        throw fileProblem(error, field);
      }
      if (!isWithin(this.#root, current)) throw outside(field);
      await this.#requireFolder(current, field);
    }
    return current;
  }

  async #make(folder: string, field: string): Promise<void> {
    try {
      await mkdir(folder);
      this.#made.push(folder);
    } catch (error) {
      if (!isFileError(error, "EEXIST")) throw fileProblem(error, field);
    }
  }

  async #requireFolder(folder: string, field: string): Promise<void> {
    await namingFaults(field, async () => {
      if ((await stat(folder)).isDirectory()) return;
      throw Object.assign(new Error("not a folder"), { code: "ENOTDIR", syscall: "stat" });
    });
  }
}

const directoryField = "delivery.directory";

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(field: string): SluiceError {
  return new SluiceError({
    reason: "FOLDER_OUTSIDE_ROOT",
    message: "A link leads out of the folder that this process may write to.",
    field,
    remedy: "Choose a folder that lies inside, or remove the link.",
    grpcCode: Code.PERMISSION_DENIED,
  });
}

function moved(field: string): SluiceError {
  return new SluiceError({
    reason: "FOLDER_MOVED",
    message: "The output folder was moved, removed or replaced while it was written to.",
    field,
    remedy: "Leave it in place until the export is done.",
    grpcCode: Code.ABORTED,
    retryable: true,
  });
}
