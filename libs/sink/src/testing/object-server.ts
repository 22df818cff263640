import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32c } from "@node-rs/crc32";

/** What a request wants, as the S3 API calls it. */
export type ObjectOperation =
  | "HeadObject"
  | "GetObject"
  | "DeleteObject"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "ListParts"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload";

/**
 * What is to happen instead of an answer: the connection is cut before the request is carried out or after it, the answer
 * comes a while before it is carried out or without that, or the store refuses with a status and a code.
 */
export type Mishap = "cut before" | "cut after" | "late" | "never" | { readonly status: number; readonly code: string };

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A store in memory that speaks as much S3 as multipart uploads need. It believes every signature. */
export interface ObjectServer extends AsyncDisposable {
  readonly endpoint: string;
  /** By bucket, then key. */
  readonly buckets: Map<string, Map<string, StoredObject>>;
  /** Uploads that are neither completed nor removed, as `bucket/key`. */
  readonly unfinished: readonly string[];
  /** Operations in the order in which they came. */
  readonly requests: ObjectOperation[];
  /** Numbers of the parts in the order in which they came. */
  readonly parts: number[];
  /** Asked for every request. */
  mishap: ((operation: ObjectOperation, key: string) => Mishap | undefined) | undefined;
}

interface Upload {
  readonly bucket: string;
  readonly key: string;
  readonly mediaType: string;
  readonly metadata: Record<string, string>;
  readonly parts: Map<number, Buffer>;
}

const smallestPart = 5 * 1024 * 1024;

/** Starts the store with one empty bucket. */
export async function startObjectServer(bucket = "bucket"): Promise<ObjectServer> {
  const buckets = new Map<string, Map<string, StoredObject>>([[bucket, new Map()]]);
  const uploads = new Map<string, Upload>();
  const requests: ObjectOperation[] = [];
  const parts: number[] = [];
  const server = createServer((request, response) => {
    void answer(request, response).catch((error) => response.destroy(error));
  });
  const store: ObjectServer = {
    get endpoint() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    buckets,
    get unfinished() {
      return [...uploads.values()].map((upload) => `${upload.bucket}/${upload.key}`).toSorted();
    },
    requests,
    parts,
    mishap: undefined,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", store.endpoint);
    const [, bucketName = "", ...names] = url.pathname.split("/").map(decodeURIComponent);
    const key = names.join("/");
    const operation = operationOf(request.method ?? "", url.searchParams);
    requests.push(operation);
    const mishap = store.mishap?.(operation, key);
    const body = await bodyOf(request);
    if (mishap === "cut before") return void request.socket.destroy();
    if (mishap === "late" || mishap === "never") {
      if (mishap === "late") setTimeout(() => carryOut(operation, { request, url, bucketName, key, body }), 500);
      const { status, headers, body: early } = completed;
      return void response.writeHead(status, headers).end(early);
    }
    if (typeof mishap === "object") return refuse(response, mishap.status, mishap.code);
    const carriedOut = carryOut(operation, { request, url, bucketName, key, body });
    if (mishap === "cut after") return void request.socket.destroy();
    if ("code" in carriedOut) return refuse(response, carriedOut.status, carriedOut.code);
    response.writeHead(carriedOut.status, carriedOut.headers ?? {}).end(carriedOut.body ?? "");
  }

  function carryOut(
    operation: ObjectOperation,
    {
      request,
      url,
      bucketName,
      key,
      body,
    }: { request: IncomingMessage; url: URL; bucketName: string; key: string; body: Buffer },
  ): Answer | Refusal {
    const objects = buckets.get(bucketName);
    if (!objects) return { status: 404, code: "NoSuchBucket" };
    const uploadId = url.searchParams.get("uploadId") ?? "";
    const upload = uploads.get(uploadId);
    switch (operation) {
      case "HeadObject":
      case "GetObject": {
        const object = objects.get(key);
        if (!object) return { status: 404, code: "NoSuchKey" };
        const marks = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
        const size = String(object.bytes.length);
        const headers = { "content-type": object.mediaType, "content-length": size, ...Object.fromEntries(marks) };
        return { status: 200, headers, body: object.bytes };
      }
      case "DeleteObject":
        objects.delete(key);
        return { status: 204 };
      case "CreateMultipartUpload": {
        const id = randomUUID();
        const metadata = Object.fromEntries(
          Object.entries(request.headers).flatMap(([name, value]) =>
            name.startsWith("x-amz-meta-") ? [[name.slice("x-amz-meta-".length), String(value)]] : [],
          ),
        );
        const mediaType = request.headers["content-type"] ?? "";
        uploads.set(id, { bucket: bucketName, key, mediaType, metadata, parts: new Map() });
        return xml(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
      }
      case "UploadPart": {
        if (!upload) return { status: 404, code: "NoSuchUpload" };
        if (request.headers["x-amz-checksum-crc32c"] !== checksumOf(body)) return { status: 400, code: "BadDigest" };
        const number = Number(url.searchParams.get("partNumber"));
        parts.push(number);
        upload.parts.set(number, body);
        return { status: 200, headers: { etag: `"${number}"`, "x-amz-checksum-crc32c": checksumOf(body) } };
      }
      case "ListParts":
        if (!upload) return { status: 404, code: "NoSuchUpload" };
        return xml("<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>");
      case "AbortMultipartUpload":
        return uploads.delete(uploadId) ? { status: 204 } : { status: 404, code: "NoSuchUpload" };
      case "CompleteMultipartUpload": {
        if (!upload) return { status: 404, code: "NoSuchUpload" };
        if (request.headers["if-none-match"] === "*" && objects.has(key)) {
          return { status: 412, code: "PreconditionFailed" };
        }
        const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, number]) =>
          Number(number),
        );
        const pieces = numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0));
        if (numbers.length === 0 || numbers.length !== upload.parts.size) return { status: 400, code: "InvalidPart" };
        if (pieces.slice(0, -1).some((piece) => piece.length < smallestPart))
          return { status: 400, code: "EntityTooSmall" };
        uploads.delete(uploadId);
        objects.set(key, { bytes: Buffer.concat(pieces), mediaType: upload.mediaType, metadata: upload.metadata });
        return completed;
      }
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return store;
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
}

function operationOf(method: string, query: URLSearchParams): ObjectOperation {
  if (method === "HEAD") return "HeadObject";
  if (method === "GET") return query.has("uploadId") ? "ListParts" : "GetObject";
  if (method === "PUT") return "UploadPart";
  if (method === "DELETE") return query.has("uploadId") ? "AbortMultipartUpload" : "DeleteObject";
  return query.has("uploads") ? "CreateMultipartUpload" : "CompleteMultipartUpload";
}

function xml(body: string): Answer {
  return { status: 200, headers: { "content-type": "application/xml" }, body };
}

const completed = xml("<CompleteMultipartUploadResult><ETag>whole</ETag></CompleteMultipartUploadResult>");

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(`<Error><Code>${code}</Code><Message>secret</Message></Error>`);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function checksumOf(bytes: Uint8Array): string {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32c(bytes) >>> 0);
  return checksum.toString("base64");
}
