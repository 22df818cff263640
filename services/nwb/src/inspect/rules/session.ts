import type { Rule } from "../rule.ts";

const experimenterForm = /^[\p{L}\p{N}_\s\-.']+,\s+[\p{L}\p{N}_\s\-.']+$/u;

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

/** When the session was, who made it, and how it is told. */
export const sessionRules: readonly Rule[] = [
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
];
