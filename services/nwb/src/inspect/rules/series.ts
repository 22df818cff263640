import { type DataType, itemSize } from "@sluice/core";
import { longestDurationSeconds, type Rule } from "../rule.ts";

/** A rule that raw traces of so many bytes are compressed. */
function compressionRule(
  parts: Pick<Rule, "check" | "importance" | "reason">,
  [least, most]: readonly [least: number, most: number],
): Rule {
  return {
    ...parts,
    examine: ({ series, isCompressed }) => {
      const samples = series?.array.axes[0]?.size ?? 0;
      const bytes = series ? samples * series.channels * itemSize[series.array.dataType as DataType] : 0;
      return [
        !isCompressed && bytes > least && bytes <= most
          ? {
              field: "options.compression",
              got: `none, for ${bytes / 1e9} GB`,
              message: "Raw traces are written as they are, without compression.",
              remedy: "Leave the option out.",
            }
          : undefined,
      ];
    },
  };
}

/** Raw traces and their clock. */
export const seriesRules: readonly Rule[] = [
  {
    check: "check_rate_is_positive",
    importance: "critical",
    reason: "RAW_RATE_INVALID",
    fatal: true,
    examine: ({ series }) => [
      series && "rateHz" in series.clock && !(series.clock.rateHz > 0 && Number.isFinite(series.clock.rateHz))
        ? {
            field: `arrays.${series.array.name}.axes[0].scale`,
            got: `${series.clock.rateHz} Hz`,
            message: "The sampling rate of a series is above zero.",
            remedy: "Correct the scale of the axis, or the sampling rate.",
          }
        : undefined,
    ],
  },
  {
    check: "check_rate_not_below_threshold",
    importance: "violation",
    reason: "RAW_RATE_LOW",
    examine: ({ series }) => [
      series && "rateHz" in series.clock && series.clock.rateHz > 0 && series.clock.rateHz < 0.01
        ? {
            field: `arrays.${series.array.name}.axes[0].scale`,
            got: `${series.clock.rateHz} Hz`,
            message: "Samples more than 100 s apart: is it a period, and not a rate?",
            remedy: "Correct it, or send an array of times.",
          }
        : undefined,
    ],
  },
  {
    check: "check_data_orientation",
    importance: "critical",
    reason: "RAW_ORIENTATION",
    examine: ({ series }) => {
      const samples = series?.array.axes[0]?.size;
      return [
        series && samples !== undefined && samples < series.channels
          ? {
              field: `arrays.${series.array.name}.axes`,
              got: `${samples} samples of ${series.channels} channels`,
              message: "There are fewer samples than channels: are the axes in order?",
              remedy: "Send [sample, channel].",
            }
          : undefined,
      ];
    },
  },
  {
    check: "check_time_series_duration",
    importance: "violation",
    reason: "RAW_DURATION_LONG",
    examine: ({ series }) => {
      const samples = series?.array.axes[0]?.size;
      if (!series || samples === undefined || !("rateHz" in series.clock)) return [];
      const seconds = samples / series.clock.rateHz;
      return [
        seconds > longestDurationSeconds
          ? {
              field: `arrays.${series.array.name}.axes[0]`,
              got: `${seconds} s`,
              message: "The series lasts more than a year: is the unit of its times right?",
              remedy: "Correct the scale of the axis.",
            }
          : undefined,
      ];
    },
  },
  {
    check: "check_timestamp_of_the_first_sample_is_not_negative",
    importance: "suggestion",
    reason: "RAW_BEFORE_SESSION",
    examine: ({ series }) => [
      series && "startSeconds" in series.clock && series.clock.startSeconds < 0
        ? {
            field: `arrays.${series.array.name}.axes[0].origin`,
            got: `${series.clock.startSeconds} s`,
            message: "The series starts before the session.",
            remedy: "Set the start of the session before it.",
          }
        : undefined,
    ],
  },
  {
    check: "check_electrical_series_unscaled_data",
    importance: "violation",
    reason: "RAW_UNSCALED",
    examine: ({ series }) => [
      series &&
      /int/.test(series.array.dataType) &&
      series.conversion === 1 &&
      series.offset === 0 &&
      (series.channelConversion ?? []).every((value) => value === 1)
        ? {
            field: `arrays.${series.array.name}.value_scale`,
            got: `${series.array.dataType} that count as volts`,
            message: "Integers are seldom volts: the scale of the converter is missing.",
            remedy: "Give value_scale and unit of the array.",
          }
        : undefined,
    ],
  },
  compressionRule(
    { check: "check_small_dataset_compression", importance: "suggestion", reason: "RAW_UNCOMPRESSED" },
    [50e6, 20e9],
  ),
  compressionRule({ check: "check_large_dataset_compression", importance: "violation", reason: "RAW_UNCOMPRESSED" }, [
    20e9,
    Number.POSITIVE_INFINITY,
  ]),
];
