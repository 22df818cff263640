import { SluiceError } from "@sluice/core";

/** A place in an object store. The key stands as it was given: nothing is decoded, and "" is the bucket itself. */
export interface ObjectLocation {
  readonly bucket: string;
  readonly key: string;
}

const ownScheme = /^s3:\/\/([^/]*)\/?(.*)$/is;
const webAddress = /^https?:\/\/([^/:?#@]+)(?::\d+)?(?:\/([^?#]*))?$/i;
const pathStyleHost = /^s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/i;
const virtualHost = /^(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$/i;
const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** True for `s3://...` and for web addresses of Amazon's own hosts, by path or by host name; blanks around do not count. */
export function isS3Url(text: string): boolean {
  return locate(text) !== undefined;
}

/**
 * Reads `s3://bucket/key`, `https://s3.REGION.amazonaws.com/bucket/key` or `https://bucket.s3.REGION.amazonaws.com/key`.
 * Whatever `isS3Url` takes is read, or refused for its bucket or key. Slashes at the end of a key do not belong to it.
 *
 * @param field what problems are named under
 * @throws OBJECT_URL_INVALID, BUCKET_NAME_INVALID, OBJECT_KEY_MISSING
 */
export function parseS3Url(text: string, field: string): ObjectLocation {
  const location = parseS3Root(text, field);
  if (location.key !== "") return location;
  throw new SluiceError({
    reason: "OBJECT_KEY_MISSING",
    message: "The address has no object key: it names a bucket alone.",
    field,
    got: JSON.stringify(text),
    allowed: ["s3://bucket/prefix"],
    remedy: "Say what the names of the artifacts begin with, as a folder.",
  });
}

/** Like {@link parseS3Url}; the key may be empty: the whole bucket. */
export function parseS3Root(text: string, field: string): ObjectLocation {
  const location = locate(text);
  if (location === undefined) {
    throw new SluiceError({
      reason: "OBJECT_URL_INVALID",
      message: "This is not an address in an object store.",
      field,
      got: JSON.stringify(text),
      allowed: ["s3://bucket/prefix", "https://bucket.s3.REGION.amazonaws.com/prefix"],
      remedy: "Write s3://bucket/prefix; for a store of your own set SLUICE_S3_ENDPOINT.",
    });
  }
  if (bucketName.test(location.bucket)) return location;
  throw new SluiceError({
    reason: location.bucket === "" ? "OBJECT_KEY_MISSING" : "BUCKET_NAME_INVALID",
    message: location.bucket === "" ? "The address has no bucket and no object key." : "This is no name of a bucket.",
    field,
    got: JSON.stringify(text),
    allowed: ["s3://bucket/prefix, with letters, digits and . _ - in the bucket's name"],
    remedy: "Correct the address.",
  });
}

/** `s3://bucket/key`, with the key as it is. */
export function s3Url({ bucket, key }: ObjectLocation): string {
  return key === "" ? `s3://${bucket}` : `s3://${bucket}/${key}`;
}

/** True when the location is one of the roots or below one: `lab` holds `lab/x`, not `laboratory/x`. */
export function isBelow({ bucket, key }: ObjectLocation, roots: readonly ObjectLocation[]): boolean {
  return roots.some(
    (root) => root.bucket === bucket && (root.key === "" || root.key === key || key.startsWith(`${root.key}/`)),
  );
}

/** Refuses prefixes that stores keep as they are, yet gateways to file systems take for another folder. */
export function requirePlainPrefix(location: ObjectLocation, field: string): ObjectLocation {
  const fault = location.key.split("/").some((name) => name === "" || name === "." || name === "..");
  if (!fault && !/\p{Control}|\p{Surrogate}/u.test(location.key)) return location;
  throw new SluiceError({
    reason: "OBJECT_KEY_INVALID",
    message: "The prefix holds an empty name, a dot name or a character that not every store keeps.",
    field,
    got: JSON.stringify(location.key),
    allowed: ["names between single slashes, such as 2026/mouse-3"],
    remedy: "Choose another prefix.",
  });
}

function locate(text: string): ObjectLocation | undefined {
  const trimmed = text.trim();
  const own = ownScheme.exec(trimmed);
  if (own) return located(own[1], own[2]);
  const [, host = "", path = ""] = webAddress.exec(trimmed) ?? [];
  if (pathStyleHost.test(host)) {
    const slash = path.indexOf("/");
    return slash < 0 ? located(path, "") : located(path.slice(0, slash), path.slice(slash + 1));
  }
  const virtual = virtualHost.exec(host);
  return virtual ? located(virtual[1], path) : undefined;
}

function located(bucket = "", key = ""): ObjectLocation {
  return { bucket, key: key.replace(/\/+$/, "") };
}
