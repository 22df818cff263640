import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as s3 from "@aws-sdk/client-s3";
import { commandMissing, type Obstacle, obstacleUnlessRequired } from "./availability.ts";
import { eventually } from "./eventually.ts";
import { Process, run } from "./processes.ts";

/** A server that speaks S3 and keeps objects as files, built from source. */
const version = "v1.8.0";
const folder = fileURLToPath(new URL("../.object-store", import.meta.url));
const program = join(folder, `versitygw-${version}`);
const region = "us-east-1";
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

export const credentials = { AWS_ACCESS_KEY_ID: "sluice-tests", AWS_SECRET_ACCESS_KEY: "sluice-tests-secret" } as const;

/** A running store with an empty bucket called `bucket`. */
export interface ObjectStoreServer extends AsyncDisposable {
  /** host:port */
  readonly address: string;
  /** What a process needs to use it: the endpoint, and credentials of its own chain. */
  readonly environment: Readonly<Record<string, string>>;
  /** Keys of all objects in the bucket. */
  keys(): Promise<string[]>;
  /** Keys of all uploads that were begun and neither completed nor removed. */
  unfinished(): Promise<string[]>;
  /** Removes them, as a lifecycle rule does. */
  removeUnfinished(): Promise<void>;
  /** The bytes of an object, as they come. */
  read(key: string): Promise<AsyncIterable<Uint8Array>>;
}

/** Builds the store once, in `tests/.object-store`. @returns what stands in the way */
export async function objectStoreObstacle(): Promise<Obstacle> {
  return obstacleUnlessRequired("REQUIRE_OBJECT_STORE", await build());
}

async function build(): Promise<Obstacle> {
  if (existsSync(program)) return undefined;
  const missing = commandMissing("go", "version");
  if (missing) return missing;
  // Two runs at once, and one that was stopped, leave a whole program: it is made aside.
  const aside = `${folder}.${process.pid}`;
  try {
    const { code } = await run("go", ["install", `github.com/versity/versitygw/cmd/versitygw@${version}`], {
      environment: { GOBIN: aside },
      patienceMs: 600_000,
    });
    if (code !== 0) return `versitygw ${version} cannot be built by go here`;
    mkdirSync(folder, { recursive: true });
    renameSync(join(aside, "versitygw"), program);
    return undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/**
 * Starts a store on a free port.
 *
 * @param data empty folder
 * @param flags of versitygw
 */
export async function startObjectStore(data: string, ...flags: string[]): Promise<ObjectStoreServer> {
  const [objects, sidecar] = [join(data, "objects"), join(data, "sidecar")];
  // The bucket is a folder; a store that is read-only could not make it.
  for (const path of [join(objects, "bucket"), sidecar]) mkdirSync(path, { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const child = new Process(
    program,
    ["--port", address, "--region", region, "--quiet", ...flags, "posix", "--sidecar", sidecar, objects],
    {
      environment: {
        ROOT_ACCESS_KEY: credentials.AWS_ACCESS_KEY_ID,
        ROOT_SECRET_KEY: credentials.AWS_SECRET_ACCESS_KEY,
      },
    },
  );
  const client = new s3.S3Client({
    endpoint: `http://${address}`,
    region,
    forcePathStyle: true,
    credentials: {
      accessKeyId: credentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
    },
  });
  const Bucket = "bucket";
  await eventually("the object store answers", async () => {
    if (child.over) throw new Error(`The object store ended:\n${child.stdout}\n${child.stderr}`);
    return client.send(new s3.HeadBucketCommand({ Bucket })).then(
      () => true,
      () => false,
    );
  });
  const uploads = async () => (await client.send(new s3.ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [];
  return {
    address,
    environment: { ...isolated, ...credentials, SLUICE_S3_ENDPOINT: `http://${address}` },
    keys: async () => {
      const { Contents = [] } = await client.send(new s3.ListObjectsV2Command({ Bucket }));
      return Contents.map(({ Key = "" }) => Key);
    },
    unfinished: async () => (await uploads()).map(({ Key = "" }) => Key),
    removeUnfinished: async () => {
      for (const { Key, UploadId } of await uploads()) {
        await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
      }
    },
    read: async (Key) =>
      (await client.send(new s3.GetObjectCommand({ Bucket, Key }))).Body as unknown as AsyncIterable<Uint8Array>,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await child.stop("SIGTERM");
    },
  };
}

/** What keeps a process from finding credentials of this machine's user. */
const isolated = {
  AWS_CONFIG_FILE: "/nonexistent",
  AWS_SHARED_CREDENTIALS_FILE: "/nonexistent",
  AWS_EC2_METADATA_DISABLED: "true",
} as const;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
