import { type Analysis, type AnalysisPlan, Code, type DatasetStream, headerFrames, SluiceError } from "@sluice/core";
import type { AnalyzeOpen, Frame } from "@sluice/proto";
import type { AnalysisClient, AnalyzeCall } from "./analysis-client.ts";
import { encodeAnalyzeOpen } from "./frame-codec.ts";
import { headerOf } from "./header-of.ts";
import { IncomingMessages } from "./incoming-messages.ts";
import { readStream } from "./read-stream.ts";
import { sendCall } from "./send-call.ts";
import { problemOf } from "./status.ts";
import { defaultLimits } from "./stream-limits.ts";

/**
 * Runs steps by calls of an analysis service. The frames that come back are still encoded, so that a relay sends them on
 * as they are; whoever looks into one decodes it.
 *
 * @param uuid makes the id of each call, for logs and traces
 */
export function remoteAnalysis(client: AnalysisClient, uuid: () => string): Analysis {
  const openOf = ({ steps, layers }: AnalysisPlan): AnalyzeOpen => ({ jobId: uuid(), steps, layers });
  return {
    steps: async (signal) => (await client.listSteps(signal)).steps,
    check: async (header, plan, signal) => {
      const request = { open: openOf(plan), header: headerFrames(header) };
      const { problems, header: frames } = await client.validate(request, signal);
      return frames.length === 0 ? { problems } : { problems, header: headerOf(frames) };
    },
    apply: (stream, plan, signal) => analyze(client, openOf(plan), stream, signal),
  };
}

async function analyze(
  client: AnalysisClient,
  open: AnalyzeOpen,
  stream: DatasetStream,
  signal: AbortSignal,
): Promise<DatasetStream> {
  const call = client.analyze({ signal });
  const exchange = new Exchange(call, signal, sendCall(call, encodeAnalyzeOpen(open), stream));
  const result = await exchange.orFault(() =>
    readStream(new IncomingMessages<Buffer>(call), {
      limits: defaultLimits,
      openBytes: 0,
      lazy: true,
      endedEarly: async (error) => error,
    }),
  );
  return { ...result, frames: exchange.frames(result.frames) };
}

/** A call that is sent to and read from at once. */
class Exchange {
  readonly #call: AnalyzeCall;
  readonly #signal: AbortSignal;
  readonly #sending: Promise<{ readonly isWhole: boolean } | { readonly error: unknown }>;

  /** @param sending resolves to false when the service ended the call before it had the whole stream */
  constructor(call: AnalyzeCall, signal: AbortSignal, sending: Promise<boolean>) {
    this.#call = call;
    this.#signal = signal;
    this.#sending = sending.then(
      (isWhole) => ({ isWhole }),
      (error: unknown) => ({ error }),
    );
  }

  /** The result, or what went wrong: the abort, then what the source threw, then what the service says. */
  async orFault<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      this.#call.cancel();
      this.#signal.throwIfAborted();
      const sent = await this.#sending;
      if ("error" in sent) throw sent.error;
      throw error instanceof SluiceError ? error : new SluiceError(problemOf(error), { cause: error });
    }
  }

  async *frames(results: AsyncIterable<Frame>): AsyncGenerator<Frame> {
    const source = results[Symbol.asyncIterator]();
    let ended = false;
    try {
      for (;;) {
        const next = await this.orFault(() => source.next());
        if (next.done) break;
        yield next.value;
      }
      ended = true;
      const sent = await this.#sending;
      if ("error" in sent) throw sent.error;
      if (!sent.isWhole) throw endedBeforeInput();
    } finally {
      if (!ended) {
        this.#call.cancel();
        await this.#sending;
      }
    }
  }
}

function endedBeforeInput(): SluiceError {
  return new SluiceError({
    reason: "ANALYSIS_WRONG",
    message: "The analysis service gave a whole result before it was sent the whole input.",
    remedy: "Run it again; if it happens again, the service and this program do not fit together.",
    grpcCode: Code.DATA_LOSS,
  });
}
