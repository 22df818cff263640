import type { ArraySpec, ImageStack, Kymograph, Responses, Segmentation, SpikeTrains } from "@sluice/proto";
import { type FaultList, quote, specField } from "./fault-list.ts";
import type { DatasetHeader } from "./stream.ts";

/** Adds what is wrong with the names that the dataset and the axes give: each is known, and fit for its purpose. */
export function checkReferences(header: DatasetHeader, faults: FaultList): void {
  const references = new References(header, faults);
  for (const [index, array] of header.arrays.entries()) checkCoordinates(array, index, references);
  const { dataset } = header;
  for (const [index, stack] of dataset.imageStacks.entries()) {
    checkImageStack(stack, `dataset.image_stacks[${index}]`, references, faults);
  }
  for (const [index, trains] of dataset.spikeTrains.entries()) {
    checkSpikeTrains(trains, `dataset.spike_trains[${index}]`, references, faults);
  }
  for (const [index, segmentation] of dataset.segmentations.entries()) {
    checkSegmentation(segmentation, `dataset.segmentations[${index}]`, references, faults);
  }
  for (const [index, responses] of dataset.responses.entries()) {
    checkResponses(responses, `dataset.responses[${index}]`, references);
  }
  for (const [index, kymograph] of dataset.kymographs.entries()) {
    checkKymograph(kymograph, `dataset.kymographs[${index}]`, references, faults);
  }
}

/** What an array must be for the purpose that a reference gives it. */
interface Fitness {
  /** As a sentence, e.g. "an array [sample, channel]". */
  readonly allowed: string;
  fits(array: ArraySpec): boolean;
}

const ragged: Fitness = { allowed: "a ragged array", fits: (array) => array.ragged };

function dense(allowed: string, ...ranks: number[]): Fitness {
  return { allowed, fits: (array) => !array.ragged && ranks.includes(array.axes.length) };
}

/** Looks names up; an empty name refers to nothing. */
class References {
  readonly #arrays: ReadonlyMap<string, ArraySpec>;
  readonly #tables: ReadonlySet<string>;
  readonly #faults: FaultList;

  constructor(header: DatasetHeader, faults: FaultList) {
    this.#arrays = new Map(header.arrays.map((array) => [array.name, array]));
    this.#tables = new Set(header.tables.map((table) => table.name));
    this.#faults = faults;
  }

  /** The array, if the reference is sound. */
  array(field: string, name: string, fitness?: Fitness): ArraySpec | undefined {
    if (name === "") return undefined;
    const array = this.#arrays.get(name);
    if (array && (!fitness || fitness.fits(array))) return array;
    this.#faults.add(field, {
      reason: array ? "REFERENCE_UNFIT" : "ARRAY_MISSING",
      message: array
        ? "The array is not of the kind that belongs here."
        : "The header refers to an array that it does not open.",
      got: array ? `${quote(name)}, ${describe(array)}` : quote(name),
      allowed: [fitness?.allowed ?? "the name of an array of the header"],
      remedy: "Send the array's spec, or correct the name.",
    });
    return undefined;
  }

  requiredArray(field: string, name: string, fitness?: Fitness): ArraySpec | undefined {
    if (name !== "") return this.array(field, name, fitness);
    this.#faults.add(field, {
      reason: "ARRAY_MISSING",
      message: "The array that this content is about is not named.",
      got: "no name",
      allowed: [fitness?.allowed ?? "the name of an array of the header"],
    });
    return undefined;
  }

  arrays(field: string, names: Readonly<Record<string, string>>, fitness?: Fitness): void {
    for (const [meaning, name] of Object.entries(names))
      this.requiredArray(`${field}[${quote(meaning)}]`, name, fitness);
  }

  table(field: string, name: string): void {
    if (name === "" || this.#tables.has(name)) return;
    this.#faults.add(field, {
      reason: "TABLE_MISSING",
      message: "The header refers to a table that it does not open.",
      got: quote(name),
      allowed: ["the name of a table of the header"],
      remedy: "Send the table's spec, or correct the name.",
    });
  }
}

function checkCoordinates(array: ArraySpec, index: number, references: References): void {
  for (const [axisIndex, axis] of array.axes.entries()) {
    const field = `${specField("arrays", index, array.name)}.axes[${axisIndex}].coordinates_array`;
    references.array(field, axis.coordinatesArray, {
      allowed: `a 1-D array with one value for each index${axis.size === undefined ? "" : `, ${axis.size} in all`}`,
      fits: (other) => !other.ragged && other.axes.length === 1 && mayEqual(other.axes[0]?.size, axis.size),
    });
  }
}

const imageAxes: readonly string[] = ["t", "c", "z", "y", "x"];

const image: Fitness = {
  allowed: "an array whose axes are named among t, c, z, y, x, each once, ending in y, x",
  fits: (array) => {
    const names = array.axes.map((axis) => axis.name);
    const plane = names.slice(-2).join("") === "yx";
    return (
      !array.ragged && plane && names.every((name, axis) => imageAxes.includes(name) && names.indexOf(name) === axis)
    );
  },
};

function checkImageStack(stack: ImageStack, field: string, references: References, faults: FaultList): void {
  const array = references.requiredArray(`${field}.image_array`, stack.imageArray, image);
  const layers = stack.layers.map((layer, index) =>
    references.requiredArray(`${field}.layers[${index}].array`, layer.array, image),
  );
  const versions = [array, ...layers].filter((version) => version !== undefined);
  for (const [index, mask] of stack.maskArrays.entries()) {
    references.requiredArray(`${field}.mask_arrays[${index}]`, mask, {
      allowed: "a bool array of the shape of the image or of one of its layers",
      fits: (other) => {
        const fitsShape = versions.length === 0 || versions.some((version) => sameShape(other, version));
        return other.dataType === "bool" && !other.ragged && fitsShape;
      },
    });
  }
  references.table(`${field}.frames_table`, stack.framesTable);
  faults.checkNumber(`${field}.line_rate_hz`, stack.lineRateHz, "positive");
  for (const [index, channel] of stack.channels.entries()) {
    faults.checkNumber(`${field}.channels[${index}].emission_nm`, channel.emissionNm, "positive");
    faults.checkNumber(`${field}.channels[${index}].excitation_nm`, channel.excitationNm, "positive");
  }
  if (!array || stack.channels.length === 0) return;
  const channelAxis = array.axes.find((axis) => axis.name === "c");
  const count = channelAxis ? channelAxis.size : 1;
  if (mayEqual(stack.channels.length, count)) return;
  faults.add(`${field}.channels`, {
    reason: "CHANNELS_MISMATCH",
    message: "The image has another number of channels than its c axis is long.",
    got: `${stack.channels.length} channels`,
    allowed: ["none", `${count}`],
  });
}

function checkSpikeTrains(trains: SpikeTrains, field: string, references: References, faults: FaultList): void {
  references.requiredArray(`${field}.times_array`, trains.timesArray, ragged);
  references.array(`${field}.amplitudes_array`, trains.amplitudesArray, ragged);
  references.array(`${field}.templates_array`, trains.templatesArray, dense("an array [unit, sample, channel]", 3));
  references.array(`${field}.raw_array`, trains.rawArray, dense("an array [sample, channel]", 2));
  references.table(`${field}.units_table`, trains.unitsTable);
  references.table(`${field}.electrodes_table`, trains.electrodesTable);
  faults.checkNumber(`${field}.sampling_rate_hz`, trains.samplingRateHz, "positive");
  faults.checkNumber(`${field}.start_time_seconds`, trains.startTimeSeconds);
  faults.checkNumber(`${field}.duration_seconds`, trains.durationSeconds, "nonnegative");
}

function checkSegmentation(item: Segmentation, field: string, references: References, faults: FaultList): void {
  references.array(`${field}.masks_array`, item.masksArray, dense("an array [roi, y, x] or [y, x]", 2, 3));
  references.table(`${field}.pixels_table`, item.pixelsTable);
  references.table(`${field}.rois_table`, item.roisTable);
  references.arrays(`${field}.trace_arrays`, item.traceArrays, dense("an array [time, roi]", 2));
  references.arrays(`${field}.summary_arrays`, item.summaryArrays);
  faults.checkNumber(`${field}.sampling_rate_hz`, item.samplingRateHz, "positive");
}

function checkResponses(responses: Responses, field: string, references: References): void {
  references.table(`${field}.epochs_table`, responses.epochsTable);
  references.table(`${field}.trials_table`, responses.trialsTable);
  references.table(`${field}.scores_table`, responses.scoresTable);
  references.arrays(`${field}.response_arrays`, responses.responseArrays, dense("an array of rank 2 or 3", 2, 3));
}

function checkKymograph(kymograph: Kymograph, field: string, references: References, faults: FaultList): void {
  references.requiredArray(`${field}.image_array`, kymograph.imageArray, dense("an array [line, position]", 2));
  for (const [meaning, name] of Object.entries(kymograph.analysisTables)) {
    references.table(`${field}.analysis_tables[${quote(meaning)}]`, name);
  }
  faults.checkNumber(`${field}.line_period_seconds`, kymograph.linePeriodSeconds, "positive");
}

function sameShape(a: ArraySpec, b: ArraySpec): boolean {
  return a.axes.length === b.axes.length && a.axes.every((axis, index) => mayEqual(axis.size, b.axes[index]?.size));
}

/** True unless both are known and differ. */
function mayEqual(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}

function describe(array: ArraySpec): string {
  const axes = array.axes.slice(0, 8).map((axis) => `${axis.name || "?"} ${axis.size ?? "unknown"}`);
  return `${array.ragged ? "ragged " : ""}${array.dataType} [${axes.join(", ")}]`;
}
