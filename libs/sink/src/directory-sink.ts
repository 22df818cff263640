import { randomBytes } from "node:crypto";
import * as files from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { type ArtifactSink, partEnding } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import type { ArtifactStore, ArtifactTarget, ClosedArtifact, OpenedArtifact } from "./artifact-store.ts";
import { fileProblem, isFileError } from "./file-problem.ts";
import { OutputFolder } from "./output-folder.ts";
import { PartFile } from "./part-file.ts";
import { placeTogether } from "./placement.ts";
import { storeSink } from "./store-sink.ts";
import { replaceableTarget } from "./target.ts";

export interface DirectorySinkOptions {
  /** Existing folder that nothing is written outside of. */
  readonly root: string;
  /** Folder below the root, made at need; "" is the root. */
  readonly directory: string;
  /** Replace files that exist. Their permissions are kept; write-protected ones are refused all the same. */
  readonly overwrite: boolean;
  /** Compute the SHA-256 of every artifact. */
  readonly sha256: boolean;
}

/**
 * Opens a sink that writes files. Artifacts grow under hidden names (`.NAME.RANDOM.part`) beside their final place and
 * get their own names together at commit, whole and durable; until then existing files stay as they are. After
 * `discard` nothing is left, folders included. A process that is killed leaves hidden `.part` files and nothing else:
 * they may be deleted once no export is running. One that had a checkpoint is a file up to there: a new name is all that
 * it takes.
 *
 * @throws DIRECTORY_INVALID, FOLDER_OUTSIDE_ROOT, FOLDER_MISSING and what else keeps the folder from being used
 */
export async function openDirectorySink(options: DirectorySinkOptions): Promise<ArtifactSink> {
  const folder = await OutputFolder.open(options.root, options.directory);
  return storeSink((discarded) => new DirectoryStore(folder, options, discarded));
}

interface Entry {
  readonly field: string;
  readonly target: string;
  readonly part: string;
  readonly backup: string;
  readonly file: PartFile;
  closed?: ClosedArtifact;
}

/** Parts that are made durable at the same time; each holds a file open. */
const sealsAtOnce = 8;
const attempts = 3;

class DirectoryStore implements ArtifactStore {
  readonly #folder: OutputFolder;
  readonly #options: DirectorySinkOptions;
  readonly #discarded: AbortSignal;
  readonly #entries: Entry[] = [];
  readonly #sealing = new Set<Promise<unknown>>();

  constructor(folder: OutputFolder, options: DirectorySinkOptions, discarded: AbortSignal) {
    this.#folder = folder;
    this.#options = options;
    this.#discarded = discarded;
  }

  async open(artifact: OpenedArtifact): Promise<ArtifactTarget> {
    const field = `artifacts.${artifact.path}`;
    const entry = await this.#openPart(artifact, field, 1);
    this.#entries.push(entry);
    return {
      append: (bytes) => entry.file.append(bytes),
      replaceHead: (bytes) => entry.file.replaceHead(bytes),
      checkpoint: (head) => entry.file.checkpoint(head),
      finish: async (closed) => {
        while (this.#sealing.size >= sealsAtOnce) await Promise.race(this.#sealing);
        await entry.file.finish(closed);
        entry.closed = closed;
        // Only counts what is under way: `prepare` asks again, and throws.
        const sealing = entry.file.sealed().catch(() => {});
        this.#sealing.add(sealing);
        void sealing.then(() => this.#sealing.delete(sealing));
      },
    };
  }

  async prepare(): Promise<Artifact[]> {
    const artifacts: Artifact[] = [];
    for (const { closed, file, target } of this.#entries) {
      const sha256 = await file.sealed();
      if (closed) artifacts.push({ ...closed, uri: pathToFileURL(target).href, sha256 });
    }
    return artifacts;
  }

  async commit(): Promise<void> {
    await this.#folder.check();
    const placements = this.#entries.map(({ part, target, backup, field, closed }) => ({
      part,
      target,
      backup,
      field,
      size: closed?.size ?? 0,
    }));
    await placeTogether(placements, this.#folder.changed(), this.#options.overwrite, files);
  }

  async discard(): Promise<void> {
    const faults: unknown[] = [];
    for (const { part, file, field } of this.#entries) {
      await file.abandon().catch((error) => faults.push(error));
      await files.rm(part, { force: true }).catch((error) => faults.push(fileProblem(error, field)));
    }
    await this.#folder.removeMade();
    if (faults.length > 0) throw faults[0];
  }

  async #openPart(artifact: OpenedArtifact, field: string, attempt: number): Promise<Entry> {
    const { path, appendOnly } = artifact;
    const { overwrite, sha256 } = this.#options;
    const folder = await this.#folder.folderOf(path);
    const target = join(folder, basename(path));
    const hidden = join(folder, hiddenStem(basename(path)));
    const part = hidden + partEnding;
    try {
      await replaceableTarget(target, overwrite, field, files);
      const handle = await files.open(part, "wx+");
      const file = new PartFile(handle, { field, sha256, appendOnly, signal: this.#discarded });
      return { field, target, part, backup: `${hidden}.old${partEnding}`, file };
    } catch (error) {
      // Another export may have made the folder and removed it again, empty, a moment ago.
      if (!isFileError(error, "ENOENT") || attempt === attempts) throw fileProblem(error, field);
      this.#folder.forget(path);
      return this.#openPart(artifact, field, attempt + 1);
    }
  }
}

/** A hidden name of its own for every part. Long names are cut: the whole must not be longer than a file system holds. */
function hiddenStem(name: string): string {
  return `.${[...name].slice(0, 24).join("")}.${randomBytes(8).toString("hex")}`;
}
