import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { TableValues } from "@sluice/spikes";
import { isUnknownLocation, saysLocations, unknownLocations } from "../../inspect/location.ts";
import type { Session } from "../../session/session.ts";
import { locationsOf, rowsOfTable } from "./electrode-rows.ts";
import type { ElectrodesPlan } from "./electrodes-plan.ts";

/** What nwbinspector would say of the locations, where the header alone could not tell. */
export function locationWarnings(values: TableValues, session: Session, plan: ElectrodesPlan): Problem[] {
  if (!saysLocations(session, plan)) return [];
  const unknown = locationsOf(rowsOfTable(values), session).filter(isUnknownLocation).length;
  const found = unknown > 0 && unknownLocations(session.subject?.get("species"), `${unknown} electrodes`);
  if (!found) return [];
  const check = "(nwbinspector, violation: check_electrodes_location_allen_ccf)";
  return [warning({ ...found, message: `${found.message} ${check}` })];
}
