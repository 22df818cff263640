import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { TableValues } from "@sluice/spikes";
import { isMouse, isUnknownLocation, saysLocations, unknownLocations } from "../../inspect/location.ts";
import type { Session } from "../../session/session.ts";
import { locationsOf, rowsOfTable } from "./electrode-rows.ts";
import type { ElectrodesPlan } from "./electrodes-plan.ts";

const check = "check_electrodes_location_allen_ccf";

/** What nwbinspector would say of the locations, where the header alone could not tell. */
export function locationWarnings(
  values: TableValues,
  session: Session,
  plan: ElectrodesPlan,
  suggestions: boolean,
): Problem[] {
  const species = session.subject?.get("species");
  if (!isMouse(species) || !saysLocations(session, plan)) return [];
  const locations = locationsOf(rowsOfTable(values), session);
  const unknown = locations.filter(isUnknownLocation).length;
  const known = [...new Set(locations.filter((location) => !isUnknownLocation(location)))];
  const found = unknown > 0 && unknownLocations(species, `${unknown} electrodes`);
  return [
    ...(found ? [warning({ ...found, message: `${found.message} (nwbinspector, violation: ${check})` })] : []),
    ...(suggestions && known.length > 0 ? [uncompared(known)] : []),
  ];
}

/** The terms of the Allen CCF are not here to compare with. */
function uncompared(locations: readonly string[]): Problem {
  return warning({
    reason: "ELECTRODE_LOCATION_UNCOMPARED",
    message: `Locations in a mouse must be names or acronyms of the Allen Mouse Brain CCF; these were not compared. (nwbinspector, violation: ${check})`,
    field: "electrodes.location",
    got: locations.join(", ").slice(0, 200),
    remedy: "Compare them with the atlas.",
  });
}
