import type { S3, S3ClientConfig } from "@aws-sdk/client-s3";
import { ByteBudget } from "./byte-budget.ts";
import { objectStoreProblem, statusOf } from "./problem.ts";

export interface ObjectStoreSettings {
  /** Address of a store that is not Amazon's, `http(s)://host:port`; "" leaves it to the SDK (AWS_ENDPOINT_URL_S3). */
  readonly endpoint: string;
  /** "" leaves it to the SDK (AWS_REGION, ~/.aws/config), and is us-east-1 where that knows none. */
  readonly region: string;
  /** Whether buckets are part of the path or of the host name; `auto`: of the path when there is an endpoint. */
  readonly pathStyle: "auto" | "true" | "false";
  /** How often a request is tried in all. */
  readonly attempts: number;
  /** Bytes of parts that are on their way at once, of all uploads of a process together; a part is 8 MiB at first. */
  readonly transferBytes: number;
}

/** Nothing is heard or taken on a connection for so long: it is dead, and the request is tried again. */
const silenceMs = 60_000;
const connectingMs = 10_000;

/** Before the store has answered once, a wrong address is likelier than a weak network. */
const firstAttempts = 3;

/** What a request concerns, for problems. */
export interface RequestTarget {
  readonly field: string;
  readonly url: string;
}

/**
 * One object store that speaks S3, shared by all exports of a process. The SDK is loaded with the first request, and
 * finds credentials by itself, in the environment, in ~/.aws or from the machine's role; they are never given here.
 */
export class ObjectStore {
  readonly transfers: ByteBudget;
  readonly #settings: ObjectStoreSettings;
  #clients: Promise<{ readonly quick: S3; readonly patient: S3 }> | undefined;
  #hasAnswered = false;

  constructor(settings: ObjectStoreSettings) {
    this.#settings = settings;
    this.transfers = new ByteBudget(settings.transferBytes);
  }

  /** How often a request is tried in all. */
  get attempts(): number {
    return this.#settings.attempts;
  }

  /**
   * Makes a request. Cut connections, timeouts and a busy store are tried again, with growing random pauses.
   *
   * @throws OBJECT_STORE_*, BUCKET_MISSING and the other problems of stores; the abort's error as it is
   */
  async request<T>(target: RequestTarget, work: (s3: S3) => Promise<T>): Promise<T> {
    try {
      return await this.attempt(work);
    } catch (error) {
      throw objectStoreProblem(error, target.field, target.url);
    }
  }

  /** Like `request`, with the SDK's own errors. */
  async attempt<T>(work: (s3: S3) => Promise<T>): Promise<T> {
    this.#clients ??= connect(this.#settings);
    const { quick, patient } = await this.#clients;
    try {
      const answer = await work(this.#hasAnswered ? patient : quick);
      this.#hasAnswered = true;
      return answer;
    } catch (error) {
      if (statusOf(error) !== undefined) this.#hasAnswered = true;
      throw error;
    }
  }
}

async function connect({ endpoint, region, pathStyle, attempts }: ObjectStoreSettings) {
  // It would stand in the middle of a program's output; which Node is supported is told by package.json.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  const { S3 } = await import("@aws-sdk/client-s3");
  const configuration: S3ClientConfig = {
    ...(endpoint === "" ? {} : { endpoint }),
    ...(region === "" ? {} : { region }),
    forcePathStyle: pathStyle === "auto" ? endpoint !== "" : pathStyle === "true",
    followRegionRedirects: true,
    retryMode: "standard",
    // Checksums are computed here, for stores that want none as well.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_SUPPORTED",
    requestHandler: { connectionTimeout: connectingMs, socketTimeout: silenceMs },
  };
  // Where nothing names a region: stores of one's own do not mind, and Amazon's tells where a bucket is.
  configuration.region = await new S3(configuration).config.region().catch(() => "us-east-1");
  return {
    quick: new S3({ ...configuration, maxAttempts: Math.min(attempts, firstAttempts) }),
    patient: new S3({ ...configuration, maxAttempts: attempts }),
  };
}
