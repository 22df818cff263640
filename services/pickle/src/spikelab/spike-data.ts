import type { DataType } from "@sluice/core";
import type { Payload } from "../payload.ts";
import type { Lead, PickleFile } from "../pickle-file.ts";
import { op } from "../python/opcodes.ts";
import type { PythonValue } from "../python/value.ts";
import { writeValue } from "../python/write-value.ts";
import { beginObject, endObject } from "./objects.ts";
import type { RawPlan } from "./recording-plan.ts";
import type { UnitAttributes } from "./unit-attributes.ts";

/** The fields of SpikeLab's `SpikeData`, as they are to be written. */
export interface SpikeData {
  /** Spikes of each unit, and their times in milliseconds. */
  readonly lengths: readonly number[];
  readonly trains: AsyncIterator<Payload>;
  readonly startMs: number;
  readonly lengthMs: number;
  /** Raw traces that were written as the lead of the file; undefined: none. */
  readonly raw: { readonly samples: number; readonly times: Payload; readonly timesField: string } | undefined;
  readonly metadata: PythonValue;
  readonly attributes: UnitAttributes;
  /** Of the spike times. */
  readonly field: string;
}

const nothing: Payload = { length: 0, pieces: () => [] };

/** Raw traces as the first field: [sample, channel] in our order is [channel, sample] in Fortran's. */
export function rawLead({ array, channels }: RawPlan): Lead {
  return {
    field: `arrays.${array.name}`,
    before: (pickler) => {
      beginObject(pickler, "SpikeData");
      pickler.text("raw_data");
    },
    form: (samples) => ({ dataType: array.dataType as DataType, shape: [channels, samples], fortran: true }),
  };
}

/**
 * Writes the object, field by field in the order in which SpikeLab sets them. Its constructor does not run when the
 * object is loaded, so everything that it would check or compute holds already.
 */
export async function writeSpikeData(file: PickleFile, data: SpikeData): Promise<void> {
  const { pickler } = file;
  if (data.raw) file.endLead();
  else beginObject(pickler, "SpikeData");
  pickler.text("train");
  await writeTrains(file, data);
  const facts = { start_time: data.startMs, length: data.lengthMs, N: BigInt(data.lengths.length) };
  for (const [name, value] of Object.entries(facts)) {
    pickler.text(name);
    writeValue(pickler, value);
  }
  if (!data.raw) {
    pickler.text("raw_data");
    await file.array({ dataType: "float64", shape: [0, 0] }, nothing, "");
  }
  pickler.text("raw_time");
  const { samples, times, timesField } = data.raw ?? { samples: 0, times: nothing, timesField: "" };
  await file.array({ dataType: "float64", shape: [samples] }, times, timesField);
  pickler.text("metadata");
  writeValue(pickler, data.metadata);
  pickler.text("neuron_attributes");
  await data.attributes.write(file, data.lengths.length);
  endObject(pickler);
  await file.end(samples);
}

async function writeTrains(file: PickleFile, { lengths, trains, field }: SpikeData): Promise<void> {
  const { pickler } = file;
  pickler.code(op.emptyList);
  pickler.memoize();
  for (const unit of pickler.items(lengths.length, "appends")) {
    const { value } = await trains.next();
    await file.array({ dataType: "float64", shape: [lengths[unit] as number] }, value as Payload, field);
  }
}
