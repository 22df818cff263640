import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type ObjectLocation, s3Url } from "./location.ts";
import type { ObjectStore } from "./object-store.ts";
import { objectStoreProblem } from "./problem.ts";

/**
 * Writes an object into a new file.
 *
 * @throws problems of stores; the file may then hold a part of the object
 */
export async function downloadObject(store: ObjectStore, location: ObjectLocation, path: string): Promise<void> {
  const target = { field: "object", url: s3Url(location) };
  const { Body } = await store.request(target, (s3) => s3.getObject({ Bucket: location.bucket, Key: location.key }));
  try {
    await pipeline(Body as Readable, createWriteStream(path, { flags: "wx" }));
  } catch (error) {
    throw objectStoreProblem(error, target.field, target.url);
  }
}
