import { checkHeader, type DatasetHeader, isError, SluiceError } from "@sluice/core";
import type { Configuration } from "./configuration.ts";

/** What one call may send, by the settings of the service. */
export function streamLimits({ limitBytes, limitArrays, limitRank, limitSeconds }: Configuration) {
  return { bytes: limitBytes, arrays: limitArrays, tables: limitArrays, rank: limitRank, seconds: limitSeconds };
}

/** Throws the first fault of a header. */
export function requireValidHeader(header: DatasetHeader): void {
  const fault = checkHeader(header).find(isError);
  if (fault) throw new SluiceError(fault);
}
