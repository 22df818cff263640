import { Code, type ProblemParts, SluiceError } from "@sluice/core";
import { targetExists } from "../target.ts";

type Cause = Pick<ProblemParts, "reason" | "message" | "remedy" | "grpcCode" | "retryable">;

const unreachable: Cause = {
  reason: "OBJECT_STORE_UNREACHABLE",
  message: "The object store cannot be reached.",
  remedy: "Check the network, SLUICE_S3_ENDPOINT and SLUICE_S3_REGION, then export again.",
  grpcCode: Code.UNAVAILABLE,
  retryable: true,
};
const cut: Cause = {
  reason: "OBJECT_STORE_CUT",
  message: "The connection to the object store was cut, and stayed so through all attempts.",
  remedy: "Check the network, then export again; SLUICE_S3_ATTEMPTS sets how often a request is tried.",
  grpcCode: Code.UNAVAILABLE,
  retryable: true,
};
const busy: Cause = {
  reason: "OBJECT_STORE_BUSY",
  message: "The object store failed or was busy through all attempts.",
  remedy: "Export again later; SLUICE_S3_ATTEMPTS sets how often a request is tried.",
  grpcCode: Code.UNAVAILABLE,
  retryable: true,
};
const noBucket: Cause = {
  reason: "BUCKET_MISSING",
  message: "The object store has no such bucket.",
  remedy: "Correct the bucket's name, or create it.",
  grpcCode: Code.NOT_FOUND,
};
const denied: Cause = {
  reason: "OBJECT_STORE_DENIED",
  message: "The object store does not allow this.",
  remedy:
    "Give the account whose credentials this process has s3:PutObject and s3:AbortMultipartUpload there, " +
    "and s3:GetObject, s3:ListBucket and s3:DeleteObject if it may.",
  grpcCode: Code.PERMISSION_DENIED,
};
const noCredentials: Cause = {
  reason: "OBJECT_STORE_CREDENTIALS_MISSING",
  message: "The process that writes has no credentials for the object store.",
  remedy: "Give that process AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile in ~/.aws, or a role.",
  grpcCode: Code.FAILED_PRECONDITION,
};
const badCredentials: Cause = {
  reason: "OBJECT_STORE_CREDENTIALS_REFUSED",
  message: "The object store does not accept the credentials of the process that writes.",
  remedy: "Renew or correct the credentials of that process, and check its clock.",
  grpcCode: Code.FAILED_PRECONDITION,
};
const wrongRegion: Cause = {
  reason: "OBJECT_STORE_REGION_WRONG",
  message: "The bucket is in another region, or the store expects another one.",
  remedy: "Set SLUICE_S3_REGION (or AWS_REGION) to the region of the bucket.",
  grpcCode: Code.FAILED_PRECONDITION,
};
const damaged: Cause = {
  reason: "OBJECT_STORE_CHECKSUM_WRONG",
  message: "The object store got other bytes than were sent.",
  remedy: "Export again; if it happens again, look for faults of memory and network.",
  grpcCode: Code.DATA_LOSS,
  retryable: true,
};
const uploadGone: Cause = {
  reason: "UPLOAD_GONE",
  message: "The unfinished upload was removed from outside.",
  remedy: "See whether a lifecycle rule of the bucket ends unfinished uploads too early, then export again.",
  grpcCode: Code.ABORTED,
  retryable: true,
};
const full: Cause = {
  reason: "OBJECT_STORE_FULL",
  message: "The object store, or the account's share of it, is full.",
  remedy: "Free some space or raise the quota, then export again.",
  grpcCode: Code.RESOURCE_EXHAUSTED,
  retryable: true,
};
const untrusted: Cause = {
  reason: "OBJECT_STORE_UNTRUSTED",
  message: "The certificate of the object store is not one that this machine trusts.",
  remedy: "Name the authority's file in NODE_EXTRA_CA_CERTS of the process that writes, or correct the endpoint.",
  grpcCode: Code.FAILED_PRECONDITION,
};
const conflict: Cause = {
  reason: "OBJECT_STORE_CONFLICT",
  message: "Something else changed the object at the same moment.",
  remedy: "Export again.",
  grpcCode: Code.ABORTED,
  retryable: true,
};

/** By the store's error code (Amazon S3 API Reference, "Error responses"), the SDK's or the system's. */
const causes: Readonly<Record<string, Cause>> = {
  NoSuchBucket: noBucket,
  AccessDenied: denied,
  AllAccessDisabled: denied,
  AccountProblem: denied,
  MethodNotAllowed: denied,
  Forbidden: denied,
  CredentialsProviderError: noCredentials,
  TokenProviderError: noCredentials,
  InvalidAccessKeyId: badCredentials,
  XAdminUserNotFound: badCredentials,
  SignatureDoesNotMatch: badCredentials,
  ExpiredToken: badCredentials,
  InvalidToken: badCredentials,
  TokenRefreshRequired: badCredentials,
  RequestTimeTooSkewed: badCredentials,
  PermanentRedirect: wrongRegion,
  AuthorizationHeaderMalformed: wrongRegion,
  IllegalLocationConstraintException: wrongRegion,
  BadDigest: damaged,
  InvalidDigest: damaged,
  XAmzContentSHA256Mismatch: damaged,
  XAmzContentChecksumMismatch: damaged,
  InvalidPart: damaged,
  NoSuchUpload: uploadGone,
  ConditionalRequestConflict: conflict,
  OperationAborted: conflict,
  QuotaExceeded: full,
  XMinioStorageFull: full,
  XMinioAdminBucketQuotaExceeded: full,
  InsufficientStorage: full,
  SlowDown: busy,
  InternalError: busy,
  ServiceUnavailable: busy,
  ENOTFOUND: unreachable,
  EAI_AGAIN: unreachable,
  ECONNREFUSED: unreachable,
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  ECONNRESET: cut,
  EPIPE: cut,
  ETIMEDOUT: cut,
  TimeoutError: cut,
  RequestTimeout: cut,
  IncompleteBody: cut,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: untrusted,
  ERR_TLS_CERT_ALTNAME_INVALID: untrusted,
};

interface StoreError {
  readonly name?: string;
  readonly code?: unknown;
  readonly Code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * What an error of the store, the SDK or the network means for an export; the error itself is the cause.
 * Nothing of it is passed on but its code: messages of stores may hold keys of accounts and addresses.
 *
 * @param url of the object it concerns
 */
export function objectStoreProblem(error: unknown, field: string, url: string): unknown {
  if (error instanceof SluiceError || !(error instanceof Error) || error.name === "AbortError") return error;
  if (isConflictOfNames(error)) return targetExists(field);
  const codes = codesOf(error);
  const known = codes.find((code) => Object.hasOwn(causes, code));
  const cause = known === undefined ? byStatus(statusOf(error)) : causes[known]!;
  const told = known ?? codes[0] ?? "an error";
  return new SluiceError({ ...cause, field, got: `${told} for ${url}` }, { cause: error });
}

/** HTTP status of the store's answer; undefined when none came. */
export function statusOf(error: unknown): number | undefined {
  return (error as StoreError | undefined)?.$metadata?.httpStatusCode;
}

/** True for errors that carry this code. */
export function isStoreError(error: unknown, code: string): boolean {
  return error instanceof Error && codesOf(error).includes(code);
}

/** True when If-None-Match was not fulfilled: the name is taken. */
export function isConflictOfNames(error: unknown): boolean {
  return isStoreError(error, "PreconditionFailed") || statusOf(error) === 412;
}

function codesOf(error: StoreError): string[] {
  return [error.name, error.Code, error.code].filter(
    (code): code is string => typeof code === "string" && code !== "Error" && code !== "",
  );
}

function byStatus(status: number | undefined): Cause {
  if (status === 401 || status === 403) return denied;
  if (status === 301 || status === 307) return wrongRegion;
  if (status === 507) return full;
  if (status === 429 || (status !== undefined && status >= 500)) return busy;
  return {
    reason: "OBJECT_STORE_ERROR",
    message: "The object store refused a request.",
    remedy: "See whether it is a store that speaks S3, and its log.",
    grpcCode: Code.INTERNAL,
  };
}
