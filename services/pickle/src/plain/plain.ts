import {
  Assembly,
  type AssemblyItem,
  type DatasetStream,
  type DataType,
  type Findings,
  itemSize,
  runsOf,
} from "@sluice/core";
import type { ArraySpec } from "@sluice/proto";
import { type Spool, SpooledPart } from "@sluice/sink";
import { type Lead, PickleFile } from "../pickle-file.ts";
import type { ProfileJob } from "../profile.ts";
import { op, type Protocol } from "../python/opcodes.ts";
import type { Pickler } from "../python/pickler.ts";
import { writeValue } from "../python/write-value.ts";
import { RaggedRows } from "../ragged-rows.ts";
import { Columns } from "./columns.ts";
import { description, descriptionKeys } from "./description.ts";
import { planPlain } from "./plan.ts";

/** Keys of the dict before those of {@link description}. */
const contentKeys = ["arrays", "tables"] as const;

/** Writes any dataset as one dict of NumPy arrays and plain objects. */
export async function writePlain(stream: DatasetStream, job: ProfileJob): Promise<Findings> {
  const { options, spool, context, writer } = job;
  const { lead, problems } = planPlain(stream.header, options);
  const file = new PickleFile(writer, context.clock, options.protocol, lead && leadOf(stream.header.arrays, lead));
  const contents = new Contents(stream, lead, spool, options.protocol);
  const assembly = new Assembly(stream, runsOf);
  await file.begin();
  for await (const item of assembly) {
    context.signal.throwIfAborted();
    if (item.kind === "block" && item.block.array === lead) await file.writeLead(item.block.data);
    else await context.clock.time("spool", () => contents.take(item));
  }
  await contents.write(file);
  return {
    warnings: [...problems],
    origins: stream.header.dataset.origins,
    gaps: assembly.gaps,
    digests: assembly.digests,
  };
}

/** What has come of a dataset, and what waits of it. */
class Contents {
  readonly #header: DatasetStream["header"];
  readonly #lead: ArraySpec | undefined;
  readonly #dense: ReadonlyMap<ArraySpec, SpooledPart>;
  readonly #ragged: ReadonlyMap<ArraySpec, RaggedRows>;
  readonly #tables: readonly Columns[];
  readonly #shapes = new Map<string, readonly number[]>();

  constructor({ header }: DatasetStream, lead: ArraySpec | undefined, spool: Spool, protocol: Protocol) {
    this.#header = header;
    this.#lead = lead;
    const waiting = header.arrays.filter((array) => array !== lead && !array.ragged);
    this.#dense = new Map(waiting.map((array) => [array, new SpooledPart(spool)]));
    this.#ragged = new Map(
      header.arrays
        .filter(({ ragged }) => ragged)
        .map((array) => [array, new RaggedRows(spool, itemSize[array.dataType as DataType])]),
    );
    this.#tables = header.tables.map((table) => new Columns(table, spool, protocol));
  }

  /** Takes everything but the lead. */
  async take(item: AssemblyItem): Promise<void> {
    if (item.kind === "block") {
      await this.#dense.get(item.block.array)?.append(item.block.data);
    } else if (item.kind === "ragged") {
      await this.#ragged.get(item.array)?.take(item.chunk, item.chunk.data);
    } else if (item.kind === "batch") {
      await this.#tables.find(({ table }) => table === item.table)?.take(item.batch);
    } else {
      this.#shapes.set(item.array.name, item.shape);
    }
  }

  /** Writes what waits, in the order of the header. */
  async write(file: PickleFile): Promise<void> {
    const { pickler } = file;
    if (this.#lead) file.endLead();
    else begin(pickler, this.#header.arrays.length);
    for (const array of this.#header.arrays) {
      if (array !== this.#lead) await this.#writeArray(array, file);
    }
    if (this.#header.arrays.length > 0) pickler.code(op.setitems);
    pickler.text(contentKeys[1]);
    pickler.code(op.emptyDict);
    pickler.memoize();
    for (const index of pickler.items(this.#tables.length, "setitems")) {
      const columns = this.#tables[index] as Columns;
      pickler.text(columns.table.name);
      await columns.write(file);
    }
    const rows = new Map(this.#tables.map((columns) => [columns.table.name, columns.rows]));
    const facts = description(this.#header, this.#shapes, rows);
    for (const key of descriptionKeys) {
      pickler.text(key);
      writeValue(pickler, facts[key]);
      await file.settle();
    }
    pickler.code(op.setitems);
    await file.end(this.#lead ? (this.#shapes.get(this.#lead.name)?.[0] ?? 0) : 0);
  }

  async #writeArray(array: ArraySpec, file: PickleFile): Promise<void> {
    const { pickler } = file;
    const field = `arrays.${array.name}`;
    const dataType = array.dataType as DataType;
    pickler.text(array.name);
    const part = this.#dense.get(array);
    if (part) {
      const payload = { length: part.length, pieces: () => part.pieces() };
      return await file.array({ dataType, shape: this.#shapes.get(array.name) as readonly number[] }, payload, field);
    }
    await writeRows(file, this.#ragged.get(array) as RaggedRows, dataType, field);
  }
}

/** A list with an array for each row. */
async function writeRows(file: PickleFile, rows: RaggedRows, dataType: DataType, field: string): Promise<void> {
  const { pickler } = file;
  const payloads = rows.payloads();
  pickler.code(op.emptyList);
  pickler.memoize();
  for (const row of pickler.items(rows.lengths.length, "appends")) {
    const { value: payload } = await payloads.next();
    if (payload) await file.array({ dataType, shape: [rows.lengths[row] as number] }, payload, field);
  }
}

function leadOf(arrays: readonly ArraySpec[], lead: ArraySpec): Lead {
  const rest = lead.axes.slice(1).map(({ size }) => size as number);
  return {
    field: `arrays.${lead.name}`,
    before: (pickler) => {
      begin(pickler, arrays.length);
      pickler.text(lead.name);
    },
    form: (length) => ({ dataType: lead.dataType as DataType, shape: [length, ...rest] }),
  };
}

/** Opens the dict, and the dict of the arrays in it. */
function begin(pickler: Pickler, arrays: number): void {
  pickler.code(op.emptyDict);
  pickler.memoize();
  pickler.code(op.mark);
  pickler.text(contentKeys[0]);
  pickler.code(op.emptyDict);
  pickler.memoize();
  if (arrays > 0) pickler.code(op.mark);
}
