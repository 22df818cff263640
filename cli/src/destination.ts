import { mkdir, mkdtemp, rm, rmdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { type ArtifactSink, SluiceError } from "@sluice/core";
import type { BranchReport, Delivery } from "@sluice/proto";
import { objectStoreOf, readConfiguration } from "@sluice/service/in-process";
import {
  downloadObject,
  namingFaults,
  objectStoreSink,
  openDirectorySink,
  parseS3Url,
  requirePlainPrefix,
} from "@sluice/sink";

/** Runs something on a folder that holds the artifacts of a branch. */
export type WithArtifacts = <T>(branch: BranchReport, use: (folder: string) => Promise<T>) => Promise<T>;

/** Where `--out` has artifacts put. */
export interface Destination {
  /** Set when a gateway puts them there by itself; otherwise they come to this process. */
  readonly target?: Delivery["target"];
  openSink(): Promise<ArtifactSink>;
  /** Removes the folders that were made for artifacts, where none came to lie there. */
  tidy?(): Promise<void>;
  readonly withArtifacts: WithArtifacts;
}

/** What the command line says of the destination. */
export interface DestinationWishes {
  /** A folder, or `s3://bucket/prefix`. */
  readonly out: string;
  readonly overwrite: boolean;
  readonly verify: boolean;
  readonly receipt: boolean;
  /** Address of the gateway that exports, if one does. */
  readonly gateway?: string | undefined;
}

const anyScheme = /^[a-z][a-z0-9+.-]*:\/\//i;

/** The destination that `--out` names; nothing is made or asked yet. */
export function destinationOf(wishes: DestinationWishes): Destination {
  const { out, overwrite } = wishes;
  if (!anyScheme.test(out.trim())) return folderDestination(out, overwrite);
  const location = requirePlainPrefix(parseS3Url(out, "--out"), "--out");
  if (wishes.gateway !== undefined) return gatewayDestination(wishes);
  const store = objectStoreOf(readConfiguration(process.env));
  return {
    openSink: async () => objectStoreSink(store, { location, overwrite, sha256: true }),
    withArtifacts: async (branch, use) => {
      const folder = await mkdtemp(join(tmpdir(), "sluice-verify-"));
      try {
        for (const { path } of branch.artifacts) {
          const file = join(folder, path);
          await mkdir(dirname(file), { recursive: true });
          await downloadObject(store, { ...location, key: `${location.key}/${path}` }, file);
        }
        return await use(folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Artifacts in a folder of this machine. */
export function withFolder(folder: string): WithArtifacts {
  return (_branch, use) => use(folder);
}

function folderDestination(out: string, overwrite: boolean): Destination {
  let outermost: string | undefined;
  return {
    openSink: async () => {
      const made = await namingFaults("--out", () => mkdir(out, { recursive: true }));
      outermost ??= made && resolve(made);
      return openDirectorySink({ root: out, directory: "", overwrite, sha256: true });
    },
    tidy: async () => {
      if (outermost === undefined) return;
      for (let folder = resolve(out); folder.length >= outermost.length; folder = dirname(folder)) {
        if (!(await removesEmpty(folder))) return;
      }
    },
    withArtifacts: withFolder(out),
  };
}

/** False for a folder in use, or gone already: it is not ours any longer. */
async function removesEmpty(folder: string): Promise<boolean> {
  try {
    await rmdir(folder);
    return true;
  } catch {
    return false;
  }
}

/** The services upload with credentials of their own; this process may have none. */
function gatewayDestination({ out, overwrite, verify, receipt }: DestinationWishes): Destination {
  const unavailable = [...(verify ? ["--verify"] : []), ...(receipt ? ["--receipt"] : [])];
  if (unavailable.length > 0) {
    throw new SluiceError({
      reason: "OPTION_NOT_APPLICABLE",
      message: "What a gateway uploads into an object store can be neither read back nor written beside from here.",
      field: unavailable.join(", "),
      got: out,
      remedy: `Leave ${unavailable.join(" and ")} out (--json prints the receipt), or export without --gateway.`,
    });
  }
  const target = { $case: "objectStore", value: { url: out.trim(), overwrite } } as const;
  return {
    target,
    openSink: async () => (await import("./gateway.ts")).delegatedSink({ target, name: "", withoutSha256: false }),
    withArtifacts: () => Promise.reject(new Error("The artifacts were uploaded by a gateway.")),
  };
}
