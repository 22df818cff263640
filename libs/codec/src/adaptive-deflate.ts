import { type Compressor, type Encoded, encoded } from "./compressor.ts";
import type { DeflateContainer } from "./deflate-container.ts";
import { type Choice, type ProbeOptions, probe } from "./probe.ts";
import { RatioWatch } from "./ratio-watch.ts";
import { type DeflateStrategy, huffmanAndRuns, lz77 } from "./strategy.ts";

/** How to deflate; the options of the probe are for data that decide. */
export interface DeflateOptions extends ProbeOptions {
  readonly container: DeflateContainer;
  /** A zlib level, 0 to 9, that is obeyed for every chunk; without it the data decide. */
  readonly level?: number | undefined;
}

/** Chunk n is compressed in the light of chunks 0 to n - 16, so no more than 16 are ever at work. */
const lag = 16;

/** A chunk at work: which probe its strategy came from, and its sizes unless it fails; not its bytes, to free them. */
interface Underway {
  readonly probe: number;
  readonly sizes: Promise<{ readonly raw: number; readonly stored: number } | undefined>;
}

/**
 * Deflate that fits itself to the data: the first chunk is probed, and a later one again when the running ratio
 * drifts away from what the choice gave at first.
 *
 * Give one instance the chunks of one array: data of several kinds in turn would make it probe in vain. The output
 * depends on the chunks and their order alone, never on timing: the same stream gives the same bytes on any machine.
 */
export class AdaptiveDeflate implements Compressor {
  readonly codec = "deflate";
  readonly #container: DeflateContainer;
  readonly #fixed: boolean;
  readonly #probeOptions: ProbeOptions;
  #choice: Choice | undefined;
  #probes = 0;
  readonly #watch = new RatioWatch();
  readonly #underway: Underway[] = [];
  #turn: Promise<void> = Promise.resolve();

  /** Throws RangeError for a level that zlib does not have. */
  constructor({ container, level, ...probeOptions }: DeflateOptions) {
    this.#container = container;
    this.#probeOptions = probeOptions;
    this.#fixed = level !== undefined;
    if (level !== undefined) {
      const strategy = lz77(level);
      this.#choice = { strategy, reason: `${strategy.name}: asked for` };
    }
  }

  /** The strategy in use and why; undefined until the first chunk was probed. */
  get choice(): Choice | undefined {
    return this.#choice;
  }

  get reason(): string {
    const latest = this.#choice?.reason ?? "no data";
    return this.#probes > 1 ? `${latest} (last of ${this.#probes} probes)` : latest;
  }

  encode(bytes: Uint8Array): Promise<Encoded> {
    const started = this.#turn.then(async () => ({ result: this.#start(await this.#strategyFor(bytes), bytes) }));
    this.#turn = started.then(ignore, ignore);
    return started.then(({ result }) => result);
  }

  async #strategyFor(bytes: Uint8Array): Promise<DeflateStrategy> {
    if (this.#underway.length === lag) await this.#learn();
    if (bytes.length === 0) return this.#choice?.strategy ?? huffmanAndRuns;
    if (!this.#choice || (!this.#fixed && this.#watch.drifted)) this.#choice = await this.#probe(bytes);
    return this.#choice.strategy;
  }

  #start(strategy: DeflateStrategy, bytes: Uint8Array): Promise<Encoded> {
    const result = strategy.deflate(this.#container, bytes).then((output) => encoded(output, bytes.length));
    const sizes = result.then((chunk) => ({ raw: chunk.rawBytes, stored: chunk.bytes.length }), ignore);
    this.#underway.push({ probe: this.#probes, sizes });
    return result;
  }

  async #learn(): Promise<void> {
    const oldest = this.#underway.shift();
    const sizes = await oldest?.sizes;
    if (sizes && oldest?.probe === this.#probes) this.#watch.count(sizes.raw, sizes.stored);
  }

  async #probe(bytes: Uint8Array): Promise<Choice> {
    const choice = await probe(bytes, this.#probeOptions);
    this.#probes += 1;
    if (choice.strategy.name === this.#choice?.strategy.name) this.#watch.confirm();
    else this.#watch.restart();
    return choice;
  }
}

/** The failure of a chunk reaches the caller through the promise of its `encode`; here it only passes the turn on. */
function ignore(): undefined {
  return undefined;
}
