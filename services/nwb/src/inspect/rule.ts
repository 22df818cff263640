import type { SeriesPlan } from "../contents/electrical-series/series-plan.ts";
import type { ElectrodesPlan } from "../contents/electrodes/electrodes-plan.ts";
import type { UnitsPlan } from "../contents/units/units-plan.ts";
import type { Session } from "../session/session.ts";

/** What is known of a file before its first byte. */
export interface Preview {
  readonly session: Session;
  readonly units: UnitsPlan | undefined;
  readonly series: SeriesPlan | undefined;
  readonly electrodes: ElectrodesPlan | undefined;
  /** True when datasets with chunks are deflated. */
  readonly isCompressed: boolean;
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

/** Longer than this, a year, and a duration is taken for one in another unit. */
export const longestDurationSeconds = 365.25 * 24 * 3600;
