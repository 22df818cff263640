import { ObjectStore } from "@sluice/sink";
import type { Configuration } from "./configuration.ts";

/** The object store that the settings name. Nothing is loaded or asked before its first use. */
export function objectStoreOf({
  s3Endpoint,
  s3Region,
  s3ForcePathStyle,
  s3Attempts,
  s3TransferBytes,
}: Configuration): ObjectStore {
  return new ObjectStore({
    endpoint: s3Endpoint,
    region: s3Region,
    pathStyle: s3ForcePathStyle,
    attempts: s3Attempts,
    transferBytes: s3TransferBytes,
  });
}
