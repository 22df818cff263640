import { longestDurationSeconds, type Rule } from "../rule.ts";

/** Sorted units and their spikes. */
export const unitRules: readonly Rule[] = [
  {
    check: "check_units_resolution_is_set",
    importance: "violation",
    reason: "SAMPLING_RATE_MISSING",
    examine: ({ units }) => [
      units && units.resolution === undefined
        ? {
            field: "dataset.spike_trains[0].sampling_rate_hz",
            message: "The file cannot say how exact the spike times are.",
            remedy: "Give samplingRateHz.",
          }
        : undefined,
    ],
  },
  {
    check: "check_units_resolution_is_valid",
    importance: "violation",
    reason: "SAMPLING_RATE_LOW",
    examine: ({ units }) => [
      units?.resolution !== undefined && units.resolution > 0.01
        ? {
            field: "dataset.spike_trains[0].sampling_rate_hz",
            got: `${units.samplingRateHz} Hz`,
            message: "Spikes cannot be told apart at such a sampling rate.",
            remedy: "Give hertz, not kilohertz.",
          }
        : undefined,
    ],
  },
  {
    check: "check_negative_spike_times",
    importance: "violation",
    reason: "RECORDING_BEFORE_SESSION",
    examine: ({ units }) => {
      const start = units?.spikes.trains.startTimeSeconds ?? 0;
      return [
        start < 0
          ? {
              field: "dataset.spike_trains[0].start_time_seconds",
              got: `${start} s`,
              message:
                "The recording starts before the session, from which NWB counts: spikes there have negative times.",
              remedy: "Set the start of the session to that of the recording, and count times from there.",
            }
          : undefined,
      ];
    },
  },
  {
    check: "check_units_table_duration",
    importance: "critical",
    reason: "RECORDING_DURATION_LONG",
    examine: ({ units }) => {
      const seconds = units?.spikes.trains.durationSeconds ?? 0;
      return [
        seconds > longestDurationSeconds
          ? {
              field: "dataset.spike_trains[0].duration_seconds",
              got: `${seconds} s`,
              message: "The recording lasts more than a year: milliseconds, and not seconds?",
              remedy: "Give seconds.",
            }
          : undefined,
      ];
    },
  },
  {
    check: "check_empty_table",
    importance: "violation",
    reason: "UNITS_EMPTY",
    examine: ({ units }) => [
      units?.spikes.unitCount === 0
        ? {
            field: `arrays.${units.spikes.times.name}`,
            got: "no unit",
            message: "The table of units is written without a row.",
            remedy: "Leave the spikes out, if none were looked for.",
          }
        : undefined,
    ],
  },
];
