import type { ProblemParts } from "@sluice/core";
import type { ElectrodesPlan } from "../contents/electrodes/electrodes-plan.ts";
import type { Session } from "../session/session.ts";

/** True for a location that says nothing. */
export function isUnknownLocation(location: string): boolean {
  return /^(unknown|unspecified|n\/?a|none|\?)?$/i.test(location.trim());
}

/** True for species that nwbinspector holds to the Allen Mouse Brain Common Coordinate Framework. */
export function isMouse(species: string | undefined): boolean {
  return species !== undefined && /^(mus musculus|.*ncbitaxon[_:]10090|(house )?mouse)$/i.test(species.trim());
}

/** True where a column, or every group of electrodes, is to say where they are: whether it does is known at the end. */
export function saysLocations({ electrodeGroups }: Session, { hasLocations }: ElectrodesPlan): boolean {
  const groupsSay = electrodeGroups.every(({ location }) => !isUnknownLocation(location ?? ""));
  return hasLocations || (electrodeGroups.length > 0 && groupsSay);
}

/** What nwbinspector would say of electrodes of a mouse without a location (check_electrodes_location_allen_ccf). */
export function unknownLocations(species: string | undefined, got: string): ProblemParts | undefined {
  if (!isMouse(species)) return undefined;
  return {
    reason: "ELECTRODE_LOCATION_UNKNOWN",
    message: "Electrodes in a mouse need a location of the Allen Mouse Brain CCF, by name or acronym.",
    field: "dataset.metadata.electrode_groups[0].location",
    got,
    allowed: ["a name or an acronym of the CCF: VISp, CA1, ..."],
    remedy: "Give a column location in the table of electrodes, or a location for each of electrode_groups.",
  };
}
