import type { Session } from "../../session/session.ts";
import type { Rule } from "../rule.ts";

/** Names of objects in the file, and what describes them. */
export const nameRules: readonly Rule[] = [
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
];

/** Names that become names of objects in the file. */
function namesOf({ devices, electrodeGroups, series }: Session): { field: string; name: string }[] {
  const own = series.get("name");
  return [
    ...devices.map(({ name }, index) => ({ field: `dataset.metadata.devices[${index}].name`, name })),
    ...electrodeGroups.map(({ name }, index) => ({ field: `dataset.metadata.electrode_groups[${index}].name`, name })),
    ...(own === undefined ? [] : [{ field: "dataset.metadata.electrical_series.name", name: own }]),
  ];
}
