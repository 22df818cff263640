import type { SeriesPlan } from "../contents/electrical-series/series-plan.ts";
import type { ElectrodesPlan } from "../contents/electrodes/electrodes-plan.ts";
import type { UnitsPlan } from "../contents/units/units-plan.ts";
import type { Session } from "../session/session.ts";
import { isMouse, saysLocations, unknownLocations } from "./location.ts";

/** What is known of a file before its first byte. */
export interface Preview {
  readonly session: Session;
  readonly units: UnitsPlan | undefined;
  readonly series: SeriesPlan | undefined;
  readonly electrodes: ElectrodesPlan | undefined;
  readonly now: Date;
}

/** What a rule complains of. */
export interface Complaint {
  readonly field: string;
  readonly got?: string;
  readonly message: string;
  readonly remedy: string;
}

/** A check of nwbinspector that can be made before the first byte. */
export interface Rule {
  /** Its name in nwbinspector, 0.7. */
  readonly check: string;
  /** Its importance there; suggestions are told when they are asked for. */
  readonly importance: "critical" | "violation" | "suggestion";
  readonly reason: string;
  /** True where a file would be unusable: the complaint is an error, and not a warning. */
  readonly fatal?: true;
  examine(preview: Preview): (Complaint | undefined)[];
}

const yearSeconds = 365.25 * 24 * 3600;
const duration =
  /^P(?!$)(\d+(?:\.\d+)?Y)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?W)?(\d+(?:\.\d+)?D)?(T(?=\d)(\d+(?:\.\d+)?H)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?S)?)?$/;
const speciesForm = /^([A-Z][a-z]* [a-z]+|http:\/\/purl\.obolibrary\.org\/obo\/NCBITaxon_\d+)$/;
const weightForm = /^\d+(\.\d+)? (kg|g|mg|ug|\u03bcg|ng|pg)$/i;
const experimenterForm = /^[\p{L}\p{N}_\s\-.']+,\s+[\p{L}\p{N}_\s\-.']+$/u;

const subjectField = (name: string) => `dataset.metadata.subject.${name}`;

/** A rule of one text of the subject; of files with a subject alone. */
function subjectRule(
  parts: Pick<Rule, "check" | "importance" | "reason">,
  name: string,
  examine: (text: string | undefined, texts: ReadonlyMap<string, string>) => string | undefined,
  remedy: string,
): Rule {
  return {
    ...parts,
    examine: ({ session: { subject } }) => {
      const message = subject && examine(subject.get(name), subject);
      return [message && { field: subjectField(name), got: subject?.get(name) ?? "", message, remedy }].map(
        (complaint) => complaint || undefined,
      );
    },
  };
}

/** A rule that a text or list of the session must be there. */
function presenceRule(check: string, name: string): Rule {
  return {
    check,
    importance: "suggestion",
    reason: `${name.toUpperCase()}_MISSING`,
    examine: ({ session }) => [
      session.general.has(name) || session.lists.has(name)
        ? undefined
        : { field: `dataset.metadata.${name}`, message: `The file does not say its ${name}.`, remedy: `Give ${name}.` },
    ],
  };
}

/** The rules, as nwbinspector orders them. Those that need the values are in the contents that see them. */
export const rules: readonly Rule[] = [
  {
    check: "check_session_start_time_future_date",
    importance: "critical",
    reason: "SESSION_START_IN_FUTURE",
    examine: ({ session: { startTime }, now }) => [
      Date.parse(startTime) > now.getTime()
        ? {
            field: "dataset.session_start_time",
            got: startTime,
            message: "The session starts in the future.",
            remedy: "Correct the time, or its offset.",
          }
        : undefined,
    ],
  },
  {
    check: "check_session_start_time_old_date",
    importance: "suggestion",
    reason: "SESSION_START_OLD",
    examine: ({ session: { startTime } }) => [
      Date.parse(startTime) < Date.parse("1980-01-01T00:00:00Z")
        ? { field: "dataset.session_start_time", got: startTime, message: "The session is old.", remedy: "Correct it." }
        : undefined,
    ],
  },
  presenceRule("check_experimenter_exists", "experimenter"),
  {
    check: "check_experimenter_form",
    importance: "suggestion",
    reason: "EXPERIMENTER_FORM",
    examine: ({ session: { lists } }) =>
      (lists.get("experimenter") ?? []).map((name, index) =>
        experimenterForm.test(name)
          ? undefined
          : {
              field: `dataset.metadata.experimenter[${index}]`,
              got: name,
              message: "Names of experimenters are written with the family name first.",
              remedy: 'Write "Last, First".',
            },
      ),
  },
  presenceRule("check_experiment_description", "experiment_description"),
  presenceRule("check_institution", "institution"),
  presenceRule("check_keywords", "keywords"),
  {
    check: "check_doi_publications",
    importance: "suggestion",
    reason: "PUBLICATION_FORM",
    examine: ({ session: { lists } }) =>
      (lists.get("related_publications") ?? []).map((publication, index) =>
        /^(doi:|https?:\/\/(dx\.)?doi\.org\/)/.test(publication)
          ? undefined
          : {
              field: `dataset.metadata.related_publications[${index}]`,
              got: publication,
              message: "Publications are told by their DOI.",
              remedy: 'Begin with "doi:" or "https://doi.org/".',
            },
      ),
  },
  {
    check: "check_session_id_no_slashes",
    importance: "violation",
    reason: "SESSION_ID_FORM",
    examine: ({ session: { general } }) => [
      general.get("session_id")?.includes("/")
        ? {
            field: "dataset.metadata.session_id",
            got: general.get("session_id") as string,
            message: "The id of the session becomes a part of file names.",
            remedy: "Leave out the slashes.",
          }
        : undefined,
    ],
  },
  {
    check: "check_subject_exists",
    importance: "critical",
    reason: "SUBJECT_MISSING",
    examine: ({ session: { subject } }) => [
      subject
        ? undefined
        : {
            field: "dataset.metadata.subject",
            message: "The file does not say whom the data come from; archives ask for it.",
            remedy: "Give subject with subject_id, species, sex and age or date_of_birth.",
          },
    ],
  },
  subjectRule(
    { check: "check_subject_id_exists", importance: "critical", reason: "SUBJECT_ID_MISSING" },
    "subject_id",
    (id) => (id === undefined ? "The subject has no id." : undefined),
    "Give subject_id.",
  ),
  subjectRule(
    { check: "check_subject_id_no_slashes", importance: "violation", reason: "SUBJECT_ID_FORM" },
    "subject_id",
    (id) => (id?.includes("/") ? "The id of the subject becomes a part of file names." : undefined),
    "Leave out the slashes.",
  ),
  subjectRule(
    { check: "check_subject_sex", importance: "critical", reason: "SUBJECT_SEX_FORM" },
    "sex",
    (sex, texts) => {
      const isWorm = /elegans|NCBITaxon_6239$/.test(texts.get("species") ?? "");
      const allowed = isWorm ? ["XO", "XX"] : ["M", "F", "O", "U"];
      return allowed.includes(sex ?? "") ? undefined : `The sex of the subject is one of ${allowed.join(", ")}.`;
    },
    "Give one of these letters.",
  ),
  subjectRule(
    { check: "check_subject_species_exists", importance: "violation", reason: "SUBJECT_SPECIES_MISSING" },
    "species",
    (species) => (species === undefined ? "The species of the subject is not said." : undefined),
    "Give species.",
  ),
  subjectRule(
    { check: "check_subject_species_form", importance: "violation", reason: "SUBJECT_SPECIES_FORM" },
    "species",
    (species) =>
      species === undefined || speciesForm.test(species) ? undefined : "A species has a Latin name of two words.",
    'Write "Mus musculus", or http://purl.obolibrary.org/obo/NCBITaxon_10090.',
  ),
  subjectRule(
    { check: "check_subject_age", importance: "critical", reason: "SUBJECT_AGE_FORM" },
    "age",
    (age, texts) => {
      if (age === undefined) return texts.has("date_of_birth") ? undefined : "Neither age nor date of birth is said.";
      const bounds = age.split("/");
      const sound =
        bounds.length <= 2 && bounds.every((bound) => duration.test(bound) || (bounds.length === 2 && bound === ""));
      return sound && age !== "/" ? undefined : "An age is a duration of ISO 8601, or two with a slash between them.";
    },
    'Write "P90D" for 90 days, "P1D/P3D" for one to three; or give date_of_birth.',
  ),
  subjectRule(
    { check: "check_subject_proper_age_range", importance: "suggestion", reason: "SUBJECT_AGE_RANGE" },
    "age",
    (age) => {
      const [least, most] = (age ?? "").split("/").map(daysOf);
      return least !== undefined && most !== undefined && !(least < most) ? "The range of ages is empty." : undefined;
    },
    "Write the lower age first.",
  ),
  subjectRule(
    { check: "check_subject_weight", importance: "critical", reason: "SUBJECT_WEIGHT_FORM" },
    "weight",
    (weight) => (weight === undefined || weightForm.test(weight) ? undefined : "A weight needs its unit."),
    'Write "0.02 kg" or "20 g".',
  ),
  {
    check: "check_name_slashes",
    importance: "critical",
    reason: "NAME_WITH_SLASH",
    fatal: true,
    examine: ({ session }) =>
      namesOf(session).map(({ field, name }) =>
        /[/\\\0]/.test(name) || name === "." || name === ".."
          ? { field, got: name, message: "Names in a file cannot have slashes.", remedy: "Rename it." }
          : undefined,
      ),
  },
  {
    check: "check_name_colons",
    importance: "suggestion",
    reason: "NAME_WITH_COLON",
    examine: ({ session }) =>
      namesOf(session).map(({ field, name }) =>
        name.includes(":")
          ? { field, got: name, message: "Names should not have colons.", remedy: "Rename it." }
          : undefined,
      ),
  },
  {
    check: "check_description",
    importance: "suggestion",
    reason: "DESCRIPTION_MISSING",
    examine: ({ session }) =>
      session.devices.map(({ texts }, index) =>
        texts.has("description")
          ? undefined
          : {
              field: `dataset.metadata.devices[${index}].description`,
              message: "The device is not described.",
              remedy: "Give description.",
            },
      ),
  },
  {
    check: "check_electrodes_location_allen_ccf",
    importance: "violation",
    reason: "ELECTRODE_LOCATION_UNKNOWN",
    examine: ({ session, electrodes }) => {
      if (!electrodes || !isMouse(session.subject?.get("species"))) return [];
      if (saysLocations(session, electrodes)) return [];
      return [unknownLocations(session.subject?.get("species"), "no location") as Complaint | undefined];
    },
  },
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
        seconds > yearSeconds
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
        seconds > yearSeconds
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

/** About how many days a duration of ISO 8601 has. */
function daysOf(text: string): number | undefined {
  const [, years, months, weeks, days, , hours, minutes, seconds] = duration.exec(text) ?? [];
  const parts = [years, months, weeks, days, hours, minutes, seconds];
  if (parts.every((part) => part === undefined)) return undefined;
  const lengths = [365.25, 30.44, 7, 1, 1 / 24, 1 / 1440, 1 / 86_400];
  return parts.reduce((sum, part, index) => sum + Number.parseFloat(part ?? "0") * (lengths[index] as number), 0);
}

/** Names that become names of objects in the file. */
function namesOf({ devices, electrodeGroups, series }: Session): { field: string; name: string }[] {
  const own = series.get("name");
  return [
    ...devices.map(({ name }, index) => ({ field: `dataset.metadata.devices[${index}].name`, name })),
    ...electrodeGroups.map(({ name }, index) => ({ field: `dataset.metadata.electrode_groups[${index}].name`, name })),
    ...(own === undefined ? [] : [{ field: "dataset.metadata.electrical_series.name", name: own }]),
  ];
}
