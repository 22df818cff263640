import type { Rule } from "../rule.ts";

const duration =
  /^P(?!$)(\d+(?:\.\d+)?Y)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?W)?(\d+(?:\.\d+)?D)?(T(?=\d)(\d+(?:\.\d+)?H)?(\d+(?:\.\d+)?M)?(\d+(?:\.\d+)?S)?)?$/;
const speciesForm = /^([A-Z][a-z]* [a-z]+|http:\/\/purl\.obolibrary\.org\/obo\/NCBITaxon_\d+)$/;
const weightForm = /^\d+(\.\d+)? (kg|g|mg|ug|\u03bcg|ng|pg)$/i;

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
      if (message === undefined) return [];
      return [{ field: `dataset.metadata.subject.${name}`, got: subject?.get(name) ?? "", message, remedy }];
    },
  };
}

/** Whom the data come from. */
export const subjectRules: readonly Rule[] = [
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
];

/** About how many days a duration of ISO 8601 has. */
function daysOf(text: string): number | undefined {
  const [, years, months, weeks, days, , hours, minutes, seconds] = duration.exec(text) ?? [];
  const parts = [years, months, weeks, days, hours, minutes, seconds];
  if (parts.every((part) => part === undefined)) return undefined;
  const lengths = [365.25, 30.44, 7, 1, 1 / 24, 1 / 1440, 1 / 86_400];
  return parts.reduce((sum, part, index) => sum + Number.parseFloat(part ?? "0") * (lengths[index] as number), 0);
}
