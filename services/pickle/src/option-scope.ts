import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import type { PickleOptions } from "./options.ts";
import type { ObjectName } from "./spikelab/objects.ts";

/** What a file holds: a plain dict or an object of SpikeLab. */
export type Content = "generic" | ObjectName;

/** Options that belong to some contents alone. */
const scopes: readonly [keyof PickleOptions, readonly ObjectName[]][] = [
  ["object", ["SpikeData", "RateData", "PairwiseCompMatrix"]],
  ["array", ["RateData", "PairwiseCompMatrix"]],
  ["rateUnit", ["RateData"]],
  ["rawTraces", ["SpikeData"]],
];

/** OPTION_NOT_APPLICABLE for every option that was given and does not belong to the content. */
export function misplacedOptions(content: Content, options: PickleOptions): Problem[] {
  return scopes
    .filter(([option, contents]) => options[option] !== undefined && !contents.includes(content as ObjectName))
    .map(([option, contents]) =>
      problem({
        reason: "OPTION_NOT_APPLICABLE",
        message: "The option does not belong to what the file will hold.",
        field: `options.${option}`,
        got: `${option} with ${content === "generic" ? "profile generic" : `a ${content}`}`,
        allowed: [`profile spikelab, and the object ${contents.join(" or ")}`],
        remedy: "Leave it out, or set profile and object.",
      }),
    );
}
