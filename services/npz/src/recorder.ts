import { AdaptiveDeflate, type Compressor } from "@sluice/codec";
import {
  type Assembly,
  type AssemblyItem,
  asBytes,
  type Block,
  Cast,
  type DataType,
  FrameDigests,
  frameElements,
  itemSize,
} from "@sluice/core";
import { codePoints, descrOf, textDescr, ucs4Of } from "@sluice/npy";
import { FrameMetadata } from "@sluice/playnano";
import type { ArrayDigest, ArraySpec, Loss, RaggedChunk, TableBatch } from "@sluice/proto";
import type { Spool } from "@sluice/sink";
import { offsetsKey, type PlannedArray, type PlannedTable } from "./keys.ts";
import { Member, type RawBlock } from "./member.ts";
import type { FinishedMember } from "./npz-file.ts";
import type { NpzOptions } from "./options.ts";
import type { NpzPlan } from "./plan.ts";
import { TableColumns } from "./table-columns.ts";

/** Blocks are packed side by side; what a file with many members gathers is bounded together. */
const blockBytes = { most: 1024 * 1024, least: 64 * 1024, together: 64 * 1024 * 1024 };

/** Bytes of the blocks of a file with so many members. */
export function blockBytesOf(members: number): number {
  return Math.max(blockBytes.least, Math.min(blockBytes.most, Math.floor(blockBytes.together / members)));
}

interface DenseMember {
  readonly planned: PlannedArray;
  readonly member: Member;
  readonly cast: { readonly values: Cast; readonly digests: FrameDigests } | undefined;
  /** True: an earlier member has the same data. */
  readonly isTwin: boolean;
}

interface RaggedMember {
  readonly planned: PlannedArray;
  readonly values: Member;
  readonly offsets: Member;
  elements: number;
  rows: number;
}

/**
 * Turns what a stream holds into the data of the file's members, in the order in which it comes. Keeps the times and
 * the metadata of the frames that a bundle of playNano says again as text.
 */
export class Recorder {
  /** Final shapes of the arrays and rows of the tables, by name; complete when all has come. */
  readonly shapes = new Map<string, readonly number[]>();
  readonly rows = new Map<string, number>();
  readonly frames: FrameMetadata | undefined;
  readonly framesBeforeEdit: FrameMetadata | undefined;
  readonly #dense: DenseMember[];
  readonly #ragged: RaggedMember[];
  readonly #tables: TableColumns[];
  readonly #texts: FinishedMember[] = [];
  readonly #newMember: (key: string) => Member;

  constructor(plan: NpzPlan, options: Pick<NpzOptions, "compressed">, spool: Spool) {
    const columns = plan.tables.reduce((sum, table) => sum + table.columns.length, 0);
    const size = blockBytesOf(plan.arrays.length + columns + 1);
    this.#newMember = (key) => new Member(key, compressorOf(options.compressed), size);
    this.#dense = [];
    for (const planned of plan.arrays.filter(({ array }) => !array.ragged)) {
      this.#dense.push(this.#denseMember(planned));
    }
    this.#ragged = plan.arrays.filter(({ array }) => array.ragged).map((planned) => this.#raggedMember(planned));
    this.#tables = plan.tables.map((table) => this.#tableColumns(table, spool));
    const { bundle } = plan;
    this.frames = bundle && new FrameMetadata(bundle.data, bundle);
    this.framesBeforeEdit = bundle?.beforeEdit && new FrameMetadata(bundle.beforeEdit, bundle);
  }

  /** The member of an array. */
  memberOf({ key }: PlannedArray): Member {
    return this.#dense.find(({ planned }) => planned.key === key)?.member as Member;
  }

  /** The blocks of the arrays and tables. */
  async *blocks(assembly: Assembly): AsyncGenerator<RawBlock> {
    for await (const item of assembly) yield* this.#take(item);
    for (const { member, isTwin } of this.#dense) if (!isTwin) yield* member.rest();
    for (const { values, offsets, elements } of this.#ragged) {
      yield* offsets.take(asBytes(BigInt64Array.of(BigInt(elements))));
      yield* values.rest();
      yield* offsets.rest();
    }
    for (const table of this.#tables) yield* table.rest();
  }

  /** Adds an array that has no axis or is known as a whole, and gives its blocks. */
  *whole(key: string, descr: string, shape: readonly number[], pieces: Iterable<Uint8Array>): Generator<RawBlock> {
    const member = this.#newMember(key);
    for (const piece of pieces) yield* member.take(piece);
    yield* member.rest();
    this.#texts.push({ member, descr, shape });
  }

  /** Adds a text. */
  text(key: string, text: string): Generator<RawBlock> {
    return this.whole(key, textDescr(codePoints(text)), [], ucs4Of(text));
  }

  /** Members in the order of the file: the lead, arrays, tables, texts. */
  finished(lead: PlannedArray | undefined): FinishedMember[] {
    const first = this.#dense.toSorted((one, other) => Number(other.planned === lead) - Number(one.planned === lead));
    return [
      ...first.map(({ planned, member }) => ({
        member,
        descr: descrOf[planned.castTo ?? (planned.array.dataType as DataType)],
        shape: this.shapes.get(planned.array.name) as readonly number[],
      })),
      ...this.#ragged.flatMap(({ planned, values, offsets, elements, rows }) => [
        { member: values, descr: descrOf[planned.array.dataType as DataType], shape: [elements] },
        { member: offsets, descr: descrOf.int64, shape: [rows + 1] },
      ]),
      ...this.#tables.flatMap((table) => table.finished()),
      ...this.#texts,
    ];
  }

  /** Digests of the arrays as the file holds them. */
  digests(ofStream: readonly ArrayDigest[]): ArrayDigest[] {
    const ragged = new Set(this.#ragged.map(({ planned }) => planned.array.name));
    const dense = new Map(this.#dense.map((own) => [own.planned.array.name, own]));
    return ofStream.flatMap((digest) => {
      const cast = dense.get(digest.array)?.cast;
      if (cast) return [cast.digests.finish(digest.array, cast.values.to, digest.shape)];
      return dense.has(digest.array) || ragged.has(digest.array) ? [digest] : [];
    });
  }

  /** What conversions and NumPy's types did to the values. */
  losses(): Loss[] {
    const own = this.#dense.filter(({ isTwin }) => !isTwin);
    const casts = own.flatMap(({ planned, cast }) => cast?.values.losses(`arrays.${planned.array.name}`) ?? []);
    return [...casts, ...this.#tables.flatMap((table) => table.losses())];
  }

  async *#take(item: AssemblyItem): AsyncGenerator<RawBlock> {
    if (item.kind === "block") yield* this.#block(item.block);
    else if (item.kind === "ragged") yield* this.#chunk(item.array, item.chunk);
    else if (item.kind === "batch") yield* this.#batch(item.batch);
    else this.shapes.set(item.array.name, item.shape);
  }

  *#block(block: Block): Generator<RawBlock> {
    this.frames?.addBlock(block);
    this.framesBeforeEdit?.addBlock(block);
    for (const { planned, member, cast, isTwin } of this.#dense) {
      if (isTwin || planned.array.arrayId !== block.array.arrayId) continue;
      const bytes = cast ? cast.values.apply(block.data) : block.data;
      cast?.digests.update(bytes);
      yield* member.take(bytes);
    }
  }

  *#chunk(array: ArraySpec, { rowLengths, elementOffset, data }: RaggedChunk): Generator<RawBlock> {
    const ragged = this.#ragged.find(({ planned }) => planned.array.arrayId === array.arrayId);
    if (!ragged) return;
    yield* ragged.values.take(data);
    for (const [index, length] of rowLengths.entries()) {
      if (index > 0 || elementOffset === 0) {
        yield* ragged.offsets.take(asBytes(BigInt64Array.of(BigInt(ragged.elements))));
        ragged.rows += 1;
      }
      ragged.elements += length;
    }
  }

  async *#batch(batch: TableBatch): AsyncGenerator<RawBlock> {
    this.frames?.addBatch(batch);
    this.framesBeforeEdit?.addBatch(batch);
    const table = this.#tables.find(({ planned }) => planned.table.tableId === batch.tableId);
    if (!table) return;
    yield* table.take(batch);
    this.rows.set(table.planned.table.name, table.rows);
  }

  #denseMember(planned: PlannedArray): DenseMember {
    const { array, castTo, key } = planned;
    const original = this.#dense.find((own) => own.planned.array === array && own.planned.castTo === castTo);
    if (original) return { ...original, planned, member: original.member.twin(key), isTwin: true };
    const cast = castTo && {
      values: new Cast(array.dataType as DataType, castTo),
      digests: new FrameDigests(frameElements(array) * itemSize[castTo]),
    };
    return { planned, member: this.#newMember(key), cast, isTwin: false };
  }

  #raggedMember(planned: PlannedArray): RaggedMember {
    const { key } = planned;
    return {
      planned,
      values: this.#newMember(key),
      offsets: this.#newMember(offsetsKey(key)),
      elements: 0,
      rows: 0,
    };
  }

  #tableColumns(table: PlannedTable, spool: Spool): TableColumns {
    return new TableColumns(table, spool, this.#newMember);
  }
}

/**
 * numpy packs with zlib's level 6. Up to 1 % more than the least that zlib can do is no larger than that, because zlib in
 * Node finds a little more. What hardly anything is left of, as masks, blank frames and heights of few levels, may keep
 * 0.75 % of the input: level 4 packs these three times as fast as level 6.
 */
const tolerance = { ofResult: 0.01, ofInput: 0.0075 };

/** One for each member: the members hold data of different kinds. */
function compressorOf(compressed: NpzOptions["compressed"]): Compressor | undefined {
  if (compressed === false) return undefined;
  return new AdaptiveDeflate({ container: "part", level: compressed === true ? undefined : compressed, tolerance });
}
