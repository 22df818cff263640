import type { DatasetHeader } from "@sluice/core";
import { ArraySpec, Axis, AxisType, SpikeTrains, type TableSpec } from "@sluice/proto";
import { tableOf } from "@sluice/spikes";
import { freeName, nextArrayId, nextTableId } from "./names.ts";
import type { RawRecording } from "./raw-recording.ts";

/** What a detection on raw traces makes of a header. */
export interface DetectionOutline {
  readonly header: DatasetHeader;
  /** Ragged, in seconds: one row for each channel. */
  readonly times: ArraySpec;
  /** Ragged, as long as the times. */
  readonly amplitudes: ArraySpec;
  readonly units: TableSpec;
}

/**
 * The header with a recording of spikes in front of those it has: every channel is a unit. Traces that go on get the
 * clock of the recording, and the sample as their first axis.
 */
export function detectionOutline(header: DatasetHeader, recording: RawRecording, keepRaw: boolean): DetectionOutline {
  const { array, channels, samples, samplingRateHz, startSeconds, layout } = recording;
  const [sampleAxis, channelAxis] = (layout === "samples-first" ? array.axes : array.axes.toReversed()) as [Axis, Axis];
  const raw: ArraySpec = {
    ...array,
    axes: [
      {
        ...sampleAxis,
        ...(layout === "samples-first" ? {} : { name: "sample" }),
        type: AxisType.AXIS_TYPE_TIME,
        unit: "second",
        scale: 1 / samplingRateHz,
        origin: startSeconds,
        coordinatesArray: "",
      },
      { ...channelAxis, ...(layout === "samples-first" ? {} : { name: "channel" }), type: AxisType.AXIS_TYPE_CHANNEL },
    ],
    chunkShape: layout === "samples-first" ? array.chunkShape : [],
  };
  const arrayId = nextArrayId(header);
  const axes = [
    Axis.fromPartial({ name: "unit", type: AxisType.AXIS_TYPE_ITEM, size: channels, labels: channelAxis.labels }),
  ];
  const spec = (offset: number, name: string, unit: string) =>
    ArraySpec.fromPartial({
      arrayId: arrayId + offset,
      name: freeName(header, name),
      dataType: "float64",
      ragged: true,
      axes,
      unit,
    });
  const times = spec(0, "spikes/times", "second");
  const amplitudes = spec(1, "spikes/amplitudes", array.unit);
  const none = Array.from({ length: channels }, () => 0);
  const name = freeName(header, "spikes/units");
  const units = unitsTable(nextTableId(header), name, { noise: none, thresholds: none }, array.unit).spec;
  const { dataset } = header;
  const trains = SpikeTrains.fromPartial({
    timesArray: times.name,
    amplitudesArray: amplitudes.name,
    unitsTable: name,
    rawArray: keepRaw ? array.name : "",
    samplingRateHz,
    startTimeSeconds: startSeconds,
    durationSeconds: samples === undefined ? undefined : samples / samplingRateHz,
    electrodesTable: dataset.spikeTrains[0]?.electrodesTable ?? "",
  });
  return {
    header: {
      dataset: {
        ...dataset,
        spikeTrains: [trains, ...(keepRaw ? dataset.spikeTrains : dataset.spikeTrains.map(forgetRaw(array.name)))],
        // Traces that were read as an image, for want of other names, are none.
        imageStacks: dataset.imageStacks.filter((stack) => stack.imageArray !== array.name),
      },
      arrays: [
        ...header.arrays.flatMap((other) => (other !== array ? [other] : keepRaw ? [raw] : [])),
        times,
        amplitudes,
      ],
      tables: [...header.tables, units],
    },
    times,
    amplitudes,
    units,
  };
}

function forgetRaw(name: string) {
  return (trains: SpikeTrains): SpikeTrains => (trains.rawArray === name ? { ...trains, rawArray: "" } : trains);
}

/** The table of the units, with its one batch. */
export function unitsTable(
  tableId: number,
  name: string,
  { noise, thresholds }: { readonly noise: readonly number[]; readonly thresholds: readonly number[] },
  unit: string,
) {
  const numbers = noise.map((_, index) => index);
  return tableOf(tableId, name, noise.length, [
    { name: "id", dataType: "int64", values: numbers },
    { name: "channel", dataType: "int64", values: numbers, description: "index of the channel in the raw traces" },
    { name: "noise", dataType: "float64", values: noise, unit, description: "noise of the channel" },
    { name: "threshold", dataType: "float64", values: thresholds, unit, description: "what a spike exceeds" },
  ]);
}
