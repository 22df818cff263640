import { Code, checkHeader, type DatasetHeader, isError, orAbort, SluiceError } from "@sluice/core";
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

/** Reads a call, which must open its job in the time that the settings allow; `read` tells when it has. */
export async function withinOpening<Result>(
  { limitOpeningSeconds }: Configuration,
  signal: AbortSignal,
  read: (opened: () => void) => Promise<Result>,
): Promise<Result> {
  const opening = new AbortController();
  const timer = setTimeout(() => opening.abort(openingMissing()), limitOpeningSeconds * 1000);
  const opened = () => clearTimeout(timer);
  try {
    return await orAbort(read(opened), AbortSignal.any([signal, opening.signal]));
  } finally {
    opened();
  }
}

function openingMissing(): SluiceError {
  return new SluiceError({
    reason: "OPEN_MISSING",
    message: "The call was opened, but no job.",
    field: "open",
    remedy: "Send the opening message as soon as the call is made.",
    grpcCode: Code.DEADLINE_EXCEEDED,
  });
}
