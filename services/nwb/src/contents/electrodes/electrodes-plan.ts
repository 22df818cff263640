import type { TableSpec } from "@sluice/proto";

/** Where electrodes are known from. */
export interface ElectrodesPlan {
  /** Undefined: from the channels of the raw traces, and the units. */
  readonly table: TableSpec | undefined;
  /** True when a column says where they are. */
  readonly hasLocations: boolean;
}
