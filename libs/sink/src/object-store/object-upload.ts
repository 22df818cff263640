import { createHash, type Hash, randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { CompletedPart, S3 } from "@aws-sdk/client-s3";
import { crc32c } from "@node-rs/crc32";
import { Code, SluiceError } from "@sluice/core";
import type { ArtifactTarget, ClosedArtifact, OpenedArtifact } from "../artifact-store.ts";
import { targetExists } from "../target.ts";
import { type ObjectLocation, s3Url } from "./location.ts";
import type { ObjectStore, RequestTarget } from "./object-store.ts";
import { maximumParts, partBytes } from "./part-size.ts";
import { isConflictOfNames, isStoreError, objectStoreProblem, statusOf } from "./problem.ts";

/** Where an object is to go, and how. */
export interface UploadOptions {
  readonly location: ObjectLocation;
  readonly overwrite: boolean;
  readonly sha256: boolean;
  /** Nothing more is to be sent. */
  readonly discarded: AbortSignal;
  /** Requests under way are to be torn. */
  readonly torn: AbortSignal;
}

/** Name in the object's metadata that tells an upload from any other of the same key. */
const markName = "sluice-upload";

/** A small artifact does not need the memory of a part. */
const firstBufferBytes = 64 * 1024;

/** How often the store is told to forget an upload that it may still be taking in, and the pause, which grows. */
const forgettingRounds = 5;
const forgettingPauseMs = 200;

/** Pauses between looks for a completed object; they double. */
const appearingPauseMs = 100;
const longestPauseMs = 20_000;

type State = "open" | "completed" | "removed";

/**
 * One object that is uploaded in parts and appears when it is completed. Parts leave while the next one fills; the first
 * is kept back until the end unless the artifact is append-only, for its head may change. Every part carries its CRC-32C,
 * which the store checks.
 */
export class ObjectUpload implements ArtifactTarget {
  readonly target: RequestTarget;
  closed: ClosedArtifact | undefined;
  /** Empty where it was not asked for, or cannot be known: the head of an artifact of several parts came last. */
  sha256: Uint8Array = new Uint8Array(0);
  readonly #store: ObjectStore;
  readonly #options: UploadOptions;
  readonly #mark: string;
  readonly #uploadId: string;
  readonly #isNew: boolean;
  readonly #appendOnly: boolean;
  readonly #hash: Hash | undefined;
  readonly #parts: CompletedPart[] = [];
  readonly #transfers = new Set<Promise<void>>();
  /** Buffers of whole first-size parts that were sent, to be filled again. */
  readonly #spare: Buffer[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #filled = 0;
  #partNumber = 1;
  #first: Buffer | undefined;
  #failure: unknown;
  /** A part was sent whose answer never came: the store may still be at it. */
  #isUnclear = false;
  #state: State = "open";

  /**
   * Begins an upload, which finds out whether the bucket is there and may be written to.
   *
   * @throws TARGET_EXISTS unless overwriting, BUCKET_MISSING, OBJECT_STORE_DENIED, OBJECT_STORE_UNREACHABLE, ...
   */
  static async begin(store: ObjectStore, artifact: OpenedArtifact, options: UploadOptions): Promise<ObjectUpload> {
    const { bucket, key } = options.location;
    const target = { field: `artifacts.${artifact.path}`, url: s3Url(options.location) };
    const place = { Bucket: bucket, Key: key };
    const existing = await store.request(target, (s3) => existence(s3, place, options.discarded));
    if (existing === "there" && !options.overwrite) throw targetExists(target.field);
    const mark = randomUUID();
    // Not ended early: an upload that began must be known here, or nobody would remove it.
    const { UploadId } = await store.request(target, (s3) =>
      s3.createMultipartUpload({
        ...place,
        ContentType: artifact.mediaType,
        ChecksumAlgorithm: "CRC32C",
        Metadata: { [markName]: mark },
      }),
    );
    if (UploadId === undefined) throw objectStoreProblem(new Error("No upload id"), target.field, target.url);
    return new ObjectUpload(store, artifact, options, { target, mark, uploadId: UploadId, isNew: existing === "free" });
  }

  private constructor(
    store: ObjectStore,
    { appendOnly }: OpenedArtifact,
    options: UploadOptions,
    begun: { target: RequestTarget; mark: string; uploadId: string; isNew: boolean },
  ) {
    this.#store = store;
    this.#options = options;
    this.#appendOnly = appendOnly;
    this.target = begun.target;
    this.#mark = begun.mark;
    this.#uploadId = begun.uploadId;
    this.#isNew = begun.isNew;
    this.#hash = options.sha256 && appendOnly ? createHash("sha256") : undefined;
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let taken = 0; taken < bytes.length; ) {
      if (this.#filled === this.#buffer.length) await this.#makeRoom(bytes.length - taken);
      const piece = bytes.subarray(taken, taken + this.#buffer.length - this.#filled);
      this.#buffer.set(piece, this.#filled);
      this.#filled += piece.length;
      taken += piece.length;
    }
  }

  async replaceHead(bytes: Uint8Array): Promise<void> {
    (this.#first ?? this.#buffer).set(bytes);
  }

  /** Resolves when the last parts are on their way; `sealed` tells when the store has them. */
  async finish(closed: ClosedArtifact): Promise<void> {
    if (this.#filled > 0 || this.#partNumber === 1) {
      const last = this.#buffer.subarray(0, this.#filled);
      const isWhole = this.#partNumber === 1 && this.#first === undefined;
      if (isWhole && this.#options.sha256) this.sha256 = new Uint8Array(createHash("sha256").update(last).digest());
      await this.#send(this.#takeNumber(), last);
    }
    this.#buffer = Buffer.alloc(0);
    if (this.#first) await this.#send(1, this.#first);
    this.#first = undefined;
    if (this.#hash && this.sha256.length === 0) this.sha256 = new Uint8Array(this.#hash.digest());
    this.closed = closed;
  }

  /** Resolves when the store has every part. */
  async sealed(): Promise<void> {
    await Promise.all(this.#transfers);
    if (this.#failure !== undefined) throw this.#failure;
    this.#spare.length = 0;
  }

  /**
   * Makes the object visible.
   *
   * @throws TARGET_EXISTS when the name was taken meanwhile, OBJECT_MISSING, and problems of stores
   */
  async complete(): Promise<void> {
    const { overwrite } = this.#options;
    try {
      await this.#store.attempt((s3) => this.#complete(s3, !overwrite));
    } catch (error) {
      // Stores that do not know conditions say so; what remains is the look before the upload.
      if (!overwrite && (isStoreError(error, "NotImplemented") || statusOf(error) === 501)) {
        await this.#store.request(this.target, (s3) => this.#complete(s3, false));
      } else if (!(mayBeOurs(error) && (await this.#look()) === "ours")) {
        throw objectStoreProblem(error, this.target.field, this.target.url);
      }
    }
    this.#state = "completed";
    await this.#appears();
  }

  /**
   * Leaves nothing: ends transfers and has the store forget the parts. An object that was completed is deleted again when
   * there was none of its name before; one that replaced another stays.
   */
  async remove(): Promise<void> {
    await Promise.allSettled(this.#transfers);
    if (this.#state === "removed") return;
    const { Bucket, Key } = this.#place();
    if (this.#state === "open") {
      const isForgotten = await this.#forget();
      // The store may have completed it without our hearing of it.
      if (!isForgotten && (await this.#look()) === "ours") this.#state = "completed";
    }
    if (this.#state === "completed" && this.#isNew && (await this.#look()) === "ours") {
      await this.#store.request(this.target, (s3) => s3.deleteObject({ Bucket, Key }));
    }
    this.#state = "removed";
  }

  /**
   * Has the store forget the parts. One that it was still taking in when the connection was cut may make this fail, or
   * outlive it (Amazon S3 API Reference, AbortMultipartUpload): then it is looked after.
   *
   * @returns false when the store did not know the upload from the beginning
   */
  async #forget(): Promise<boolean> {
    for (let round = 1; ; round += 1) {
      const isLast = round === forgettingRounds;
      const outcome = await this.#store.request(this.target, (s3) => this.#abort(s3, !isLast && this.#isUnclear));
      if (outcome === "unknown") return round > 1;
      if (isLast || !this.#isUnclear) return true;
      await pause(round * forgettingPauseMs);
      const isThere = await this.#store.request(this.target, (s3) => this.#isThere(s3));
      if (!isThere) return true;
    }
  }

  async #abort(s3: S3, mayFail: boolean): Promise<"done" | "unknown" | "failed"> {
    try {
      await s3.abortMultipartUpload({ ...this.#place(), UploadId: this.#uploadId });
      return "done";
    } catch (error) {
      if (isStoreError(error, "NoSuchUpload")) return "unknown";
      if (mayFail && (statusOf(error) ?? 0) >= 500) return "failed";
      throw error;
    }
  }

  async #isThere(s3: S3): Promise<boolean> {
    try {
      await s3.listParts({ ...this.#place(), UploadId: this.#uploadId, MaxParts: 1 });
      return true;
    } catch (error) {
      // Who may not list must believe that the upload was forgotten.
      if (isStoreError(error, "NoSuchUpload") || statusOf(error) === 403) return false;
      throw error;
    }
  }

  /** A buffer with room: a larger one, or a new one after the full part has left. */
  async #makeRoom(wanted: number): Promise<void> {
    const whole = partBytes(this.#partNumber);
    if (this.#filled < whole) {
      const large = Math.min(whole, Math.max(firstBufferBytes, 2 * this.#filled, this.#filled + wanted));
      const next = this.#partNumber === 1 ? Buffer.allocUnsafeSlow(large) : this.#wholeBuffer(whole);
      next.set(this.#buffer.subarray(0, this.#filled));
      this.#buffer = next;
      return;
    }
    const full = this.#buffer;
    const number = this.#takeNumber();
    if (number === 1 && !this.#appendOnly) this.#first = full;
    else await this.#send(number, full);
    this.#filled = 0;
    this.#buffer = this.#wholeBuffer(partBytes(this.#partNumber));
  }

  #wholeBuffer(bytes: number): Buffer {
    const spare = this.#spare.pop();
    return spare?.length === bytes ? spare : Buffer.allocUnsafeSlow(bytes);
  }

  #takeNumber(): number {
    const number = this.#partNumber;
    if (number > maximumParts) throw tooLarge(this.target.field);
    this.#partNumber += 1;
    return number;
  }

  /** Sends a part as soon as there is room for it among those under way; a failure is thrown by a later call. */
  async #send(number: number, bytes: Buffer): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    this.#hash?.update(bytes);
    const giveBack = await this.#store.transfers.take(bytes.length);
    const transfer = this.#transfer(number, bytes)
      .catch((error) => {
        this.#failure ??= error;
      })
      .finally(() => {
        giveBack();
        this.#transfers.delete(transfer);
      });
    this.#transfers.add(transfer);
  }

  async #transfer(number: number, bytes: Buffer): Promise<void> {
    const { discarded, torn } = this.#options;
    if (discarded.aborted || this.#failure !== undefined) return;
    const checksum = base64Of(crc32c(bytes));
    const sending = this.#store.request(this.target, (s3) =>
      s3.uploadPart(
        {
          ...this.#place(),
          UploadId: this.#uploadId,
          PartNumber: number,
          Body: bytes,
          ContentLength: bytes.length,
          ChecksumCRC32C: checksum,
        },
        { abortSignal: torn },
      ),
    );
    const { ETag, ChecksumCRC32C } = await orAborted(sending, torn).catch((error) => {
      this.#isUnclear = true;
      throw error;
    });
    this.#parts.push({ PartNumber: number, ETag, ...(ChecksumCRC32C ? { ChecksumCRC32C } : {}) });
    if (bytes.length === partBytes(this.#partNumber)) this.#spare.push(bytes);
  }

  #complete(s3: S3, isConditional: boolean) {
    return s3.completeMultipartUpload({
      ...this.#place(),
      UploadId: this.#uploadId,
      MultipartUpload: { Parts: this.#parts.toSorted((one, other) => one.PartNumber! - other.PartNumber!) },
      ...(this.closed ? { MpuObjectSize: this.closed.size } : {}),
      ...(isConditional ? { IfNoneMatch: "*" } : {}),
    });
  }

  /**
   * Waits until the object is there. An answer alone is not believed: a store that is still joining the parts answers a
   * second completion, after a first one was cut, as if all were done (seen with versitygw 1.8.0).
   */
  async #appears(): Promise<void> {
    for (let round = 1; ; round += 1) {
      const found = await this.#look();
      // Who may not look must believe.
      if (found === "ours" || found === "unknown") return;
      if (found === "other" && !this.#options.overwrite) throw targetExists(this.target.field);
      if (round > this.#store.attempts) throw objectMissing(this.target, found);
      await pause(Math.min(appearingPauseMs * 2 ** round, longestPauseMs));
    }
  }

  /** What stands there: the object of this very upload, whole, another one, or none. */
  #look(): Promise<"ours" | "other" | "none" | "unknown"> {
    return this.#store.request(this.target, async (s3) => {
      try {
        const { Metadata, ContentLength } = await s3.headObject(this.#place());
        return Metadata?.[markName] === this.#mark && ContentLength === this.closed?.size ? "ours" : "other";
      } catch (error) {
        if (statusOf(error) === 404) return "none";
        if (statusOf(error) === 403) return "unknown";
        throw error;
      }
    });
  }

  #place() {
    const { bucket, key } = this.#options.location;
    return { Bucket: bucket, Key: key };
  }
}

/**
 * Whether there is an object of that name. An answer to HEAD has no body that would tell why it was refused, and without
 * the right to list a missing object is forbidden: the next request, and at last the completion, find out.
 */
async function existence(
  s3: S3,
  place: { Bucket: string; Key: string },
  abortSignal: AbortSignal,
): Promise<"there" | "free" | "unknown"> {
  try {
    await s3.headObject(place, { abortSignal });
    return "there";
  } catch (error) {
    const status = statusOf(error);
    if (status === 404) return "free";
    if (status !== undefined && status >= 400 && status < 500) return "unknown";
    throw error;
  }
}

/** A completion whose answer was lost and that was tried again meets what it has made itself. */
function mayBeOurs(error: unknown): boolean {
  return isConflictOfNames(error) || isStoreError(error, "NoSuchUpload") || statusOf(error) === undefined;
}

/** A pause before the next attempt is not waited for. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Four bytes, the highest first, as S3 wants checksums. */
function base64Of(checksum: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(checksum >>> 0);
  return bytes.toString("base64");
}

function objectMissing({ field, url }: RequestTarget, found: string): SluiceError {
  return new SluiceError({
    reason: "OBJECT_MISSING",
    message: "The object store says that the object is complete, yet it is not there.",
    field,
    got: `${found === "none" ? "nothing" : "another object"} at ${url}`,
    remedy: "Look into the log of the object store, then export again.",
    grpcCode: Code.DATA_LOSS,
    retryable: true,
  });
}

function tooLarge(field: string): SluiceError {
  return new SluiceError({
    reason: "OBJECT_TOO_LARGE",
    message: "The artifact needs more than the 10,000 parts that an object may have.",
    field,
    allowed: ["at most 5 TiB"],
    remedy: "Export less at once.",
    grpcCode: Code.RESOURCE_EXHAUSTED,
  });
}
