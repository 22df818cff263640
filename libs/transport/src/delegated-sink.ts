import { type ArtifactSink, Code, SluiceError } from "@sluice/core";
import type { Delivery } from "@sluice/proto";

/**
 * A sink whose artifacts the exporting service keeps itself, where `delivery` says. Only a remote exporter can export
 * into it. What the service has committed stays, even when another branch of the job fails later.
 */
export function delegatedSink(delivery: Delivery): ArtifactSink {
  return {
    delivery,
    create: async (path) => {
      throw new SluiceError({
        reason: "DELIVERY_DELEGATED",
        message: "The artifacts of this branch are kept by the service that writes them, not here.",
        field: "delivery",
        got: JSON.stringify(path),
        remedy: "This is a fault of the program: report it.",
        grpcCode: Code.INTERNAL,
      });
    },
    prepare: async () => [],
    commit: async () => undefined,
    discard: async () => undefined,
  };
}
