import { setMaxListeners } from "node:events";
import { type ArtifactSink, Code, SluiceError } from "@sluice/core";
import type { Artifact } from "@sluice/proto";
import type { ArtifactStore, ArtifactTarget, OpenedArtifact } from "../artifact-store.ts";
import { storeSink } from "../store-sink.ts";
import { type ObjectLocation, s3Url } from "./location.ts";
import type { ObjectStore } from "./object-store.ts";
import { ObjectUpload } from "./object-upload.ts";

export interface ObjectStoreSinkOptions {
  /** Bucket and prefix; artifacts become `PREFIX/PATH`. */
  readonly location: ObjectLocation;
  /** Replace objects that exist. */
  readonly overwrite: boolean;
  /** Compute the SHA-256 where it can be known: of append-only artifacts, and of those below 8 MiB. */
  readonly sha256: boolean;
}

/**
 * Opens a sink that uploads artifacts into an object store. Nothing is visible before commit, and after `discard` nothing
 * is left, unfinished uploads included. A process that is killed, or cut off for good, leaves unfinished uploads: they
 * are never taken for objects, and a lifecycle rule of the bucket (AbortIncompleteMultipartUpload) removes them.
 *
 * Objects appear one after another within one commit, each whole. When one fails, those that are new are deleted again;
 * those that replaced others stay.
 */
export function objectStoreSink(store: ObjectStore, options: ObjectStoreSinkOptions): ArtifactSink {
  return storeSink((discarded) => new ObjectStoreArtifacts(store, options, discarded));
}

/** Longest key that stores take, in bytes of UTF-8 (Amazon S3 User Guide, "Naming Amazon S3 objects"). */
const maximumKeyBytes = 1024;

/** Objects that are completed or removed at the same time. */
const requestsAtOnce = 8;

/** Parts under way may arrive for so long after a discard: a store that is rid of them forgets an upload for certain. */
const graceMs = 5_000;

class ObjectStoreArtifacts implements ArtifactStore {
  readonly #store: ObjectStore;
  readonly #options: ObjectStoreSinkOptions;
  readonly #discarded: AbortSignal;
  readonly #torn = new AbortController();
  readonly #uploads: ObjectUpload[] = [];

  constructor(store: ObjectStore, options: ObjectStoreSinkOptions, discarded: AbortSignal) {
    this.#store = store;
    this.#options = options;
    this.#discarded = discarded;
    // Each part under way listens, and they are bounded elsewhere.
    setMaxListeners(0, this.#torn.signal);
    const tear = () => setTimeout(() => this.#torn.abort(discarded.reason), graceMs).unref();
    discarded.addEventListener("abort", tear, { once: true });
  }

  async open(artifact: OpenedArtifact): Promise<ArtifactTarget> {
    const { location, overwrite, sha256 } = this.#options;
    const key = location.key === "" ? artifact.path : `${location.key}/${artifact.path}`;
    if (Buffer.byteLength(key) > maximumKeyBytes) throw keyTooLong(artifact.path);
    const options = {
      location: { bucket: location.bucket, key },
      overwrite,
      sha256,
      discarded: this.#discarded,
      torn: this.#torn.signal,
    };
    const upload = await ObjectUpload.begin(this.#store, artifact, options);
    this.#uploads.push(upload);
    return upload;
  }

  async prepare(): Promise<Artifact[]> {
    for (const upload of this.#uploads) await upload.sealed();
    return this.#uploads.flatMap(({ closed, sha256, target }) =>
      closed ? [{ ...closed, uri: target.url, sha256 }] : [],
    );
  }

  commit(): Promise<void> {
    return eachOf(this.#uploads, (upload) => upload.complete());
  }

  async discard(reason: string): Promise<void> {
    const left: ObjectUpload[] = [];
    let cause: unknown;
    await eachOf(this.#uploads, async (upload) => {
      try {
        await upload.remove();
      } catch (error) {
        left.push(upload);
        cause = error;
      }
    });
    if (left.length > 0) throw leftBehind(s3Url(this.#options.location), left.length, reason, cause);
  }
}

/** Does the work for every item, some at a time; after a failure no more is begun. */
async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const workers = Array.from({ length: Math.min(requestsAtOnce, items.length) }, async () => {
    while (next < items.length && !failed) {
      const item = items[next++]!;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  });
  const outcomes = await Promise.allSettled(workers);
  const fault = outcomes.find((outcome) => outcome.status === "rejected");
  if (fault) throw fault.reason;
}

function keyTooLong(path: string): SluiceError {
  return new SluiceError({
    reason: "NAME_TOO_LONG",
    message: "The key of an object is longer than stores take.",
    field: `artifacts.${path}`,
    allowed: [`${maximumKeyBytes} bytes, the prefix included`],
    remedy: "Choose a shorter prefix or name.",
  });
}

function leftBehind(url: string, count: number, reason: string, cause: unknown): SluiceError {
  const what = count === 1 ? "An unfinished upload" : `${count} unfinished uploads`;
  return new SluiceError(
    {
      reason: "UPLOAD_LEFT_BEHIND",
      message: `${what} could not be removed from the object store, after this: ${reason}`,
      field: "delivery",
      got: url,
      remedy: "It is no object and cannot be read. Have a lifecycle rule of the bucket end unfinished uploads.",
      grpcCode: Code.UNAVAILABLE,
    },
    { cause },
  );
}
