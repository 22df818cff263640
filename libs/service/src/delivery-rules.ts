import { Code, problem, SluiceError } from "@sluice/core";
import type { Delivery } from "@sluice/proto";
import { isBelow, type ObjectLocation, parseS3Url, requirePlainPrefix, s3Url } from "@sluice/sink";

/** Where a service lets its callers have artifacts put. A service behind a remote exporter decides for itself. */
export interface DeliveryRules {
  /** True when local exporters may write into a directory. */
  readonly directoryAllowed: boolean;
  /** Places in the object store that local exporters may upload below. */
  readonly objectRoots: readonly ObjectLocation[];
}

type Target = NonNullable<Delivery["target"]>["$case"];

/**
 * The delivery of a branch, when the rules allow it.
 *
 * @throws DELIVERY_MISSING, DELIVERY_REFUSED, and what is wrong with the address of an object store
 */
export function requireDelivery(
  delivery: Delivery | undefined,
  field: string,
  branchId: string,
  isRemote: boolean,
  rules: DeliveryRules,
): Delivery {
  const target = delivery?.target;
  const allowed: Target[] = ["inline"];
  if (isRemote || rules.directoryAllowed) allowed.push("directory");
  if (isRemote || rules.objectRoots.length > 0) allowed.push("objectStore");
  if (!delivery || !target) {
    throw refusal("DELIVERY_MISSING", "A branch must say where its artifacts go.", {
      field,
      branchId,
      allowed,
      got: "",
      remedy: "Choose a delivery.",
    });
  }
  if (!allowed.includes(target.$case)) {
    const [message, setting] = refusals[target.$case];
    const remedy = `Choose another delivery, or ask the operator to set ${setting}.`;
    throw refusal("DELIVERY_REFUSED", message, { field, branchId, allowed, got: target.$case, remedy });
  }
  if (target.$case === "objectStore" && !isRemote) {
    const urlField = `${field}.object_store.url`;
    const location = requirePlainPrefix(parseS3Url(target.value.url, urlField), urlField);
    if (!isBelow(location, rules.objectRoots)) {
      throw refusal("DELIVERY_REFUSED", "This service is not set up to upload there.", {
        field: urlField,
        branchId,
        allowed: rules.objectRoots.map(s3Url),
        got: JSON.stringify(target.value.url),
        remedy: "Choose a prefix below an allowed one, or ask the operator to add it to SLUICE_S3_PREFIXES.",
      });
    }
  }
  return delivery;
}

const refusals: Readonly<Record<Target, readonly [message: string, setting: string]>> = {
  inline: ["This service does not send artifacts back.", ""],
  directory: ["This service is not set up to write into directories.", "SLUICE_OUTPUT_ROOT"],
  objectStore: ["This service is not set up to upload into an object store.", "SLUICE_S3_PREFIXES"],
};

function refusal(
  reason: string,
  message: string,
  parts: { field: string; branchId: string; allowed: readonly string[]; got: string; remedy: string },
): SluiceError {
  const grpcCode = reason === "DELIVERY_MISSING" ? Code.INVALID_ARGUMENT : Code.FAILED_PRECONDITION;
  return new SluiceError(problem({ reason, message, grpcCode, ...parts }));
}
