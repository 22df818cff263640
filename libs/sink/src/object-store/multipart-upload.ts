import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { CompletedPart, S3 } from "@aws-sdk/client-s3";
import { crc32c } from "@node-rs/crc32";
import { Code, orAbort, SluiceError } from "@sluice/core";
import { targetExists } from "../target.ts";
import type { RequestTarget } from "./object-store.ts";
import { isConflictOfNames, isStoreError, objectStoreProblem, statusOf } from "./problem.ts";
import { markName, type StoredObject } from "./stored-object.ts";

/** How often the store is told to forget an upload that it may still be taking in, and the pause, which grows. */
const forgettingRounds = 5;
const forgettingPauseMs = 200;

/** Pauses between looks for a completed object; they double. */
const appearingPauseMs = 100;
const longestPauseMs = 20_000;

/**
 * The requests of one multipart upload, and what their answers are worth: an answer may be lost, come twice or come
 * before what it tells is done. Every part carries its CRC-32C, which the store checks.
 */
export class MultipartUpload {
  readonly object: StoredObject;
  readonly #mark: string;
  readonly #uploadId: string;
  readonly #parts: CompletedPart[] = [];
  /** A part was sent whose answer never came: the store may still be at it. */
  #isUnclear = false;

  /** @throws BUCKET_MISSING, OBJECT_STORE_DENIED, OBJECT_STORE_UNREACHABLE, ... */
  static async begin(object: StoredObject, mediaType: string): Promise<MultipartUpload> {
    const mark = randomUUID();
    // Not ended early: an upload that began must be known here, or nobody would remove it.
    const { UploadId } = await object.request((s3) =>
      s3.createMultipartUpload({
        ...object.place,
        ContentType: mediaType,
        ChecksumAlgorithm: "CRC32C",
        Metadata: { [markName]: mark },
      }),
    );
    if (UploadId === undefined) {
      throw objectStoreProblem(new Error("No upload id"), object.target.field, object.target.url);
    }
    return new MultipartUpload(object, mark, UploadId);
  }

  private constructor(object: StoredObject, mark: string, uploadId: string) {
    this.object = object;
    this.#mark = mark;
    this.#uploadId = uploadId;
  }

  /**
   * Resolves when the store has the part.
   *
   * @param number counted from 1; parts may be sent in any order, and at the same time
   * @param torn tears the request
   */
  async send(number: number, bytes: Buffer, torn: AbortSignal): Promise<void> {
    const checksum = base64Of(crc32c(bytes));
    const sending = this.object.request((s3) =>
      s3.uploadPart(
        {
          ...this.#reference(),
          PartNumber: number,
          Body: bytes,
          ContentLength: bytes.length,
          ChecksumCRC32C: checksum,
        },
        { abortSignal: torn },
      ),
    );
    // A pause before the next attempt is not waited for.
    const { ETag, ChecksumCRC32C } = await orAbort(sending, torn).catch((error) => {
      this.#isUnclear = true;
      throw error;
    });
    this.#parts.push({ PartNumber: number, ETag, ...(ChecksumCRC32C ? { ChecksumCRC32C } : {}) });
  }

  /**
   * Has the store join the parts.
   *
   * @throws TARGET_EXISTS when the name was taken meanwhile and must not be overwritten, and problems of stores
   */
  async complete(sizeBytes: number | undefined, overwrite: boolean): Promise<void> {
    const { store, target } = this.object;
    try {
      await store.attempt((s3) => this.#complete(s3, sizeBytes, !overwrite));
    } catch (error) {
      // Stores that do not know conditions say so; what remains is the look before the upload.
      if (!overwrite && (isStoreError(error, "NotImplemented") || statusOf(error) === 501)) {
        await store.request(target, (s3) => this.#complete(s3, sizeBytes, false));
      } else if (!(mayBeOurs(error) && (await this.#look(sizeBytes)) === "ours")) {
        throw objectStoreProblem(error, target.field, target.url);
      }
    }
  }

  /**
   * Waits until the completed object is there. An answer alone is not believed: a store that is still joining the parts
   * answers a second completion, after a first one was cut, as if all were done (seen with versitygw 1.8.0).
   *
   * @throws OBJECT_MISSING when it does not come; TARGET_EXISTS when it is another one, unless overwriting
   */
  async untilVisible(sizeBytes: number | undefined, overwrite: boolean): Promise<void> {
    const { store, target } = this.object;
    for (let round = 1; ; round += 1) {
      const found = await this.#look(sizeBytes);
      // Who may not look must believe.
      if (found === "ours" || found === "unknown") return;
      if (found === "other" && !overwrite) throw targetExists(target.field);
      if (round > store.attempts) throw objectMissing(target, found);
      await pause(Math.min(appearingPauseMs * 2 ** round, longestPauseMs));
    }
  }

  /** Whether the object of this very upload, whole, stands there. */
  async isVisible(sizeBytes: number | undefined): Promise<boolean> {
    return (await this.#look(sizeBytes)) === "ours";
  }

  /**
   * Has the store forget the parts. One that it was still taking in when the connection was cut may make this fail, or
   * outlive it (Amazon S3 API Reference, AbortMultipartUpload): then it is looked after.
   *
   * @returns false when the store did not know the upload from the beginning
   */
  async forget(): Promise<boolean> {
    for (let round = 1; ; round += 1) {
      const isLast = round === forgettingRounds;
      const outcome = await this.object.request((s3) => this.#abort(s3, !isLast && this.#isUnclear));
      if (outcome === "unknown") return round > 1;
      if (isLast || !this.#isUnclear) return true;
      await pause(round * forgettingPauseMs);
      const isThere = await this.object.request((s3) => this.#isThere(s3));
      if (!isThere) return true;
    }
  }

  async #abort(s3: S3, mayFail: boolean): Promise<"done" | "unknown" | "failed"> {
    try {
      await s3.abortMultipartUpload(this.#reference());
      return "done";
    } catch (error) {
      if (isStoreError(error, "NoSuchUpload")) return "unknown";
      if (mayFail && (statusOf(error) ?? 0) >= 500) return "failed";
      throw error;
    }
  }

  async #isThere(s3: S3): Promise<boolean> {
    try {
      await s3.listParts({ ...this.#reference(), MaxParts: 1 });
      return true;
    } catch (error) {
      // Who may not list must believe that the upload was forgotten.
      if (isStoreError(error, "NoSuchUpload") || statusOf(error) === 403) return false;
      throw error;
    }
  }

  #complete(s3: S3, sizeBytes: number | undefined, isConditional: boolean) {
    return s3.completeMultipartUpload({
      ...this.#reference(),
      MultipartUpload: { Parts: this.#parts.toSorted((one, other) => one.PartNumber! - other.PartNumber!) },
      ...(sizeBytes === undefined ? {} : { MpuObjectSize: sizeBytes }),
      ...(isConditional ? { IfNoneMatch: "*" } : {}),
    });
  }

  #look(sizeBytes: number | undefined) {
    return this.object.look({ mark: this.#mark, sizeBytes });
  }

  #reference() {
    return { ...this.object.place, UploadId: this.#uploadId };
  }
}

/** A completion whose answer was lost and that was tried again meets what it has made itself. */
function mayBeOurs(error: unknown): boolean {
  return isConflictOfNames(error) || isStoreError(error, "NoSuchUpload") || statusOf(error) === undefined;
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
