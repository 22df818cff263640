import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import fc from "fast-check";
import { isBelow, isS3Url, parseS3Root, parseS3Url, requirePlainPrefix, s3Url } from "./location.ts";

test.each([
  ["s3://bucket/key", "bucket", "key"],
  ["S3://bucket/key", "bucket", "key"],
  ["  s3://bucket/key \n", "bucket", "key"],
  ["s3://bucket/key/", "bucket", "key"],
  ["s3://bucket/a b/%20/c.d..e?f#g", "bucket", "a b/%20/c.d..e?f#g"],
  ["s3://Mixed-Case/Key", "Mixed-Case", "Key"],
  ["https://s3.amazonaws.com/Bucket/a%20b", "Bucket", "a%20b"],
  ["http://s3.amazonaws.com:443/bucket/k", "bucket", "k"],
  ["https://s3.us-west-2.amazonaws.com/bucket/a/b", "bucket", "a/b"],
  ["https://Bucket.s3.us-west-2.amazonaws.com/a/b", "Bucket", "a/b"],
  ["https://my.dotted.bucket.s3.amazonaws.com/k", "my.dotted.bucket", "k"],
])("reads %s", (text, bucket, key) => {
  expect(isS3Url(text)).toBe(true);
  expect(parseS3Url(text, "url")).toEqual({ bucket, key });
});

test.each([
  "",
  "bucket/key",
  "/data/s3://bucket/key",
  "file:///s3/bucket",
  "https://example.com/bucket/key",
  "http://localhost:9000/bucket/key",
  "https://s3.evil.amazonaws.com.attacker.example/bucket/key",
  "https://user:secret@s3.amazonaws.com/bucket/key",
  "https://bucket.s3.amazonaws.com/key?X-Amz-Signature=secret",
])("refuses %j", (text) => {
  expect(isS3Url(text)).toBe(false);
  expect(() => parseS3Url(text, "url")).toThrow("OBJECT_URL_INVALID (url)");
});

test.each(["s3://bucket", "s3://bucket/", "s3://bucket//", "s3://", "s3:///key", "https://s3.amazonaws.com/bucket"])(
  "%s has no object key",
  (text) => {
    expect(isS3Url(text)).toBe(true);
    expect(() => parseS3Url(text, "url")).toThrow("no object key");
  },
);

test("a bucket has a name that stores know", () => {
  expect(() => parseS3Url("s3://b:c/key", "url")).toThrow("BUCKET_NAME_INVALID");
});

test("a root may be a whole bucket, and holds what is below it alone", () => {
  const roots = ["s3://whole", "s3://shared/lab"].map((text) => parseS3Root(text, "SLUICE_S3_PREFIXES"));
  expect(roots.map(s3Url)).toEqual(["s3://whole", "s3://shared/lab"]);
  const allowed = (text: string) => isBelow(parseS3Url(text, "url"), roots);
  expect(["s3://whole/x", "s3://shared/lab", "s3://shared/lab/x/y"].map(allowed)).toEqual([true, true, true]);
  expect(["s3://other/x", "s3://shared/laboratory", "s3://shared/x", "s3://Whole/x"].map(allowed)).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test.each(["a/../b", "..", "./a", "a//b", "/a", "a\u0000b"])("a prefix %j is refused", (key) => {
  expect(() => requirePlainPrefix({ bucket: "bucket", key }, "url")).toThrow("OBJECT_KEY_INVALID");
});

test("any text is read or refused, and what was read reads the same again", () => {
  const parts = fc.array(
    fc.constantFrom("s3://", "S3://", "https://", "s3.amazonaws.com", "b", "/", ".", "..", " ", "%", "?"),
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        parts.map((list) => list.join("")),
      ),
      (text) => {
        try {
          const location = parseS3Url(text, "url");
          expect(isS3Url(text)).toBe(true);
          // A blank at the end of an address does not count; one before slashes at the end did.
          if (location.key === location.key.trimEnd()) expect(parseS3Url(s3Url(location), "url")).toEqual(location);
        } catch (error) {
          if (!(error instanceof SluiceError)) throw error;
        }
      },
    ),
  );
});
