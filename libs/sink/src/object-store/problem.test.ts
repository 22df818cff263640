import { expect, test } from "@jest/globals";
import { Code, type SluiceError } from "@sluice/core";
import { objectStoreProblem } from "./problem.ts";

function told(parts: object): SluiceError["problem"] {
  const error = Object.assign(new Error("AKIA-SECRET at https://internal.example"), parts);
  return (objectStoreProblem(error, "artifacts.a", "s3://bucket/a") as SluiceError).problem;
}

test.each([
  [{ name: "NoSuchBucket", $metadata: { httpStatusCode: 404 } }, "BUCKET_MISSING", Code.NOT_FOUND],
  [{ name: "Unknown", $metadata: { httpStatusCode: 403 } }, "OBJECT_STORE_DENIED", Code.PERMISSION_DENIED],
  [{ name: "CredentialsProviderError" }, "OBJECT_STORE_CREDENTIALS_MISSING", Code.FAILED_PRECONDITION],
  [{ name: "301", $metadata: { httpStatusCode: 301 } }, "OBJECT_STORE_REGION_WRONG", Code.FAILED_PRECONDITION],
  [{ name: "AggregateError", code: "ECONNREFUSED" }, "OBJECT_STORE_UNREACHABLE", Code.UNAVAILABLE],
  [{ code: "ENOTFOUND" }, "OBJECT_STORE_UNREACHABLE", Code.UNAVAILABLE],
  [{ code: "ECONNRESET" }, "OBJECT_STORE_CUT", Code.UNAVAILABLE],
  [{ name: "TimeoutError" }, "OBJECT_STORE_CUT", Code.UNAVAILABLE],
  [{ name: "Unknown", $metadata: { httpStatusCode: 502 } }, "OBJECT_STORE_BUSY", Code.UNAVAILABLE],
  [{ name: "BadDigest", $metadata: { httpStatusCode: 400 } }, "OBJECT_STORE_CHECKSUM_WRONG", Code.DATA_LOSS],
  [{ code: "SELF_SIGNED_CERT_IN_CHAIN" }, "OBJECT_STORE_UNTRUSTED", Code.FAILED_PRECONDITION],
  [{ name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } }, "TARGET_EXISTS", Code.ALREADY_EXISTS],
  [{ name: "Teapot", $metadata: { httpStatusCode: 418 } }, "OBJECT_STORE_ERROR", Code.INTERNAL],
])("%j", (parts, reason, grpcCode) => {
  const problem = told(parts);
  expect(problem).toMatchObject({ reason, grpcCode, field: "artifacts.a" });
  expect(problem.remedy).not.toBe("");
  expect(JSON.stringify(problem)).not.toMatch(/AKIA|internal/);
});

test("what is known already, or was thrown on purpose, stays as it is", () => {
  const aborted = new DOMException("stop", "AbortError");
  expect(objectStoreProblem("text", "field", "s3://bucket/a")).toBe("text");
  expect(objectStoreProblem(aborted, "field", "s3://bucket/a")).toBe(aborted);
});
