import { createHash, type Hash } from "node:crypto";
import { Code, SluiceError } from "@sluice/core";
import type { ArtifactTarget, ClosedArtifact, OpenedArtifact } from "../artifact-store.ts";
import { targetExists } from "../target.ts";
import type { ObjectLocation } from "./location.ts";
import { MultipartUpload } from "./multipart-upload.ts";
import type { ObjectStore, RequestTarget } from "./object-store.ts";
import { maximumParts, partBytes } from "./part-size.ts";
import { StoredObject } from "./stored-object.ts";

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

/** A small artifact does not need the memory of a part. */
const firstBufferBytes = 64 * 1024;

type State = "open" | "completed" | "removed";

/**
 * One object that is uploaded in parts and appears when it is completed. Parts leave while the next one fills; the first
 * is kept back until the end unless the artifact is append-only, for its head may change.
 */
export class ObjectUpload implements ArtifactTarget {
  closed: ClosedArtifact | undefined;
  /** Empty where it was not asked for, or cannot be known: the head of an artifact of several parts came last. */
  sha256: Uint8Array = new Uint8Array(0);
  readonly #upload: MultipartUpload;
  readonly #options: UploadOptions;
  readonly #isNew: boolean;
  readonly #appendOnly: boolean;
  readonly #hash: Hash | undefined;
  readonly #transfers = new Set<Promise<void>>();
  /** Buffers of whole first-size parts that were sent, to be filled again. */
  readonly #spare: Buffer[] = [];
  #buffer: Buffer = Buffer.alloc(0);
  #filled = 0;
  #partNumber = 1;
  #first: Buffer | undefined;
  #failure: unknown;
  #state: State = "open";

  /**
   * Begins an upload, which finds out whether the bucket is there and may be written to.
   *
   * @throws TARGET_EXISTS unless overwriting, BUCKET_MISSING, OBJECT_STORE_DENIED, OBJECT_STORE_UNREACHABLE, ...
   */
  static async begin(store: ObjectStore, artifact: OpenedArtifact, options: UploadOptions): Promise<ObjectUpload> {
    const object = new StoredObject(store, artifact.path, options.location);
    const existing = await object.existence(options.discarded);
    if (existing === "there" && !options.overwrite) throw targetExists(object.target.field);
    const upload = await MultipartUpload.begin(object, artifact.mediaType);
    return new ObjectUpload(upload, artifact, options, existing === "free");
  }

  private constructor(upload: MultipartUpload, { appendOnly }: OpenedArtifact, options: UploadOptions, isNew: boolean) {
    this.#upload = upload;
    this.#options = options;
    this.#isNew = isNew;
    this.#appendOnly = appendOnly;
    this.#hash = options.sha256 && appendOnly ? createHash("sha256") : undefined;
  }

  get target(): RequestTarget {
    return this.#upload.object.target;
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
    await this.#upload.complete(this.closed?.size, overwrite);
    this.#state = "completed";
    await this.#upload.untilVisible(this.closed?.size, overwrite);
  }

  /**
   * Leaves nothing: ends transfers and has the store forget the parts. An object that was completed is deleted again when
   * there was none of its name before; one that replaced another stays.
   */
  async remove(): Promise<void> {
    await Promise.allSettled(this.#transfers);
    if (this.#state === "removed") return;
    if (this.#state === "open") {
      const isForgotten = await this.#upload.forget();
      // The store may have completed it without our hearing of it.
      if (!isForgotten && (await this.#upload.isVisible(this.closed?.size))) this.#state = "completed";
    }
    if (this.#state === "completed" && this.#isNew && (await this.#upload.isVisible(this.closed?.size))) {
      await this.#upload.object.delete();
    }
    this.#state = "removed";
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
    const giveBack = await this.#upload.object.store.transfers.take(bytes.length);
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
    await this.#upload.send(number, bytes, torn);
    if (bytes.length === partBytes(this.#partNumber)) this.#spare.push(bytes);
  }
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
