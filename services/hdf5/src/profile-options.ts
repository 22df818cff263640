import { problem } from "@sluice/core";
import type { Problem } from "@sluice/proto";
import { spikelabOptionEntries } from "./profiles/spikelab/options.ts";
import { spikelabLoadEntries } from "./read/spikelab/options.ts";

/** Options by the profile that alone knows them; all others belong to every profile. */
export const writeOptionProfiles: Readonly<Record<string, string>> = {
  chunkShape: "generic",
  ...Object.fromEntries(Object.keys(spikelabOptionEntries).map((name) => [name, "spikelab"])),
};

/** The same for the loader. */
export const loadOptionProfiles: Readonly<Record<string, string>> = {
  dataset: "generic",
  axes: "generic",
  ...Object.fromEntries(Object.keys(spikelabLoadEntries).map((name) => [name, "spikelab"])),
};

/** OPTION_NOT_APPLICABLE for each option that was given and that the profile does not know. */
export function optionsOfOthers(
  profile: string,
  options: Readonly<Record<string, unknown>>,
  profileOf: Readonly<Record<string, string>>,
): Problem[] {
  // The profile "auto" is "generic" and more.
  const own = profile === "auto" ? "generic" : profile;
  return Object.entries(profileOf)
    .filter(([name, owner]) => owner !== own && options[name] !== undefined)
    .map(([name, owner]) =>
      problem({
        reason: "OPTION_NOT_APPLICABLE",
        message: "The option belongs to another profile.",
        field: `options.${name}`,
        got: `profile ${profile}`,
        allowed: owner === "generic" ? ["profile auto", "profile generic"] : [`profile ${owner}`],
        remedy: "Leave the option out, or choose the profile that it belongs to.",
      }),
    );
}
