import type { S3 } from "@aws-sdk/client-s3";
import { type ObjectLocation, s3Url } from "./location.ts";
import type { ObjectStore, RequestTarget } from "./object-store.ts";
import { statusOf } from "./problem.ts";

/** Name in the object's metadata that tells an upload from any other of the same key. */
export const markName = "sluice-upload";

/** What of an object is its own: the mark of its upload, and its size. */
export interface ObjectIdentity {
  readonly mark: string;
  /** Undefined as long as it is not known: then no object is it. */
  readonly sizeBytes: number | undefined;
}

/** What stands, or does not, at one key of a store. */
export class StoredObject {
  readonly store: ObjectStore;
  readonly target: RequestTarget;
  readonly place: { readonly Bucket: string; readonly Key: string };

  constructor(store: ObjectStore, artifactPath: string, location: ObjectLocation) {
    this.store = store;
    this.target = { field: `artifacts.${artifactPath}`, url: s3Url(location) };
    this.place = { Bucket: location.bucket, Key: location.key };
  }

  /** A request that concerns this object. */
  request<T>(work: (s3: S3) => Promise<T>): Promise<T> {
    return this.store.request(this.target, work);
  }

  /**
   * Whether there is an object of that name. An answer to HEAD has no body that would tell why it was refused, and
   * without the right to list a missing object is forbidden: the next request, and at last the completion, find out.
   */
  existence(abortSignal: AbortSignal): Promise<"there" | "free" | "unknown"> {
    return this.request(async (s3) => {
      try {
        await s3.headObject(this.place, { abortSignal });
        return "there";
      } catch (error) {
        const status = statusOf(error);
        if (status === 404) return "free";
        if (status !== undefined && status >= 400 && status < 500) return "unknown";
        throw error;
      }
    });
  }

  /** What stands there: the object of this identity, whole, another one, or none; "unknown" to who may not look. */
  look({ mark, sizeBytes }: ObjectIdentity): Promise<"ours" | "other" | "none" | "unknown"> {
    return this.request(async (s3) => {
      try {
        const { Metadata, ContentLength } = await s3.headObject(this.place);
        return Metadata?.[markName] === mark && ContentLength === sizeBytes ? "ours" : "other";
      } catch (error) {
        if (statusOf(error) === 404) return "none";
        if (statusOf(error) === 403) return "unknown";
        throw error;
      }
    });
  }

  async delete(): Promise<void> {
    await this.request((s3) => s3.deleteObject(this.place));
  }
}
