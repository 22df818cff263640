import { isMouse, saysLocations, unknownLocations } from "../location.ts";
import type { Complaint, Rule } from "../rule.ts";

/** Where the electrodes are. */
export const electrodeRules: readonly Rule[] = [
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
];
