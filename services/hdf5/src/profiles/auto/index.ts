import { isError } from "@sluice/core";
import { bundleLayoutOf } from "@sluice/playnano";
import type { Profile } from "../../profile.ts";
import { generic, writeGeneric } from "../generic/index.ts";
import { BundleNames, bundleNamesBytes } from "./bundle-names.ts";

/**
 * The generic layout; for movies that playNano can load, with the names that it looks for beside: one file, each value
 * once, for both.
 */
export const auto: Profile = {
  name: "auto",
  check: (header, options) => {
    const outlook = generic.check(header, options);
    const bundle = bundleLayoutOf(header);
    if (!bundle || outlook.problems?.some(isError)) return outlook;
    const { artifactBytes, memoryBytes = 0 } = outlook;
    const more = bundleNamesBytes(header, bundle);
    return {
      ...outlook,
      artifactBytes: artifactBytes === undefined ? undefined : artifactBytes + more,
      memoryBytes: memoryBytes + more,
    };
  },
  write: (stream, options, file, context) => {
    const bundle = bundleLayoutOf(stream.header);
    const names = bundle && new BundleNames(file.root, stream.header, bundle);
    return writeGeneric(stream, options, file, context, names);
  },
};
