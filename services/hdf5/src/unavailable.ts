import { SluiceError } from "@sluice/core";
import type { Profile } from "./profile.ts";
import type { Reading } from "./reading.ts";

/** A profile that this version does not write. */
export function unavailableProfile(name: Profile["name"]): Profile {
  return {
    name,
    check: () => ({ problems: [unavailable(name).problem] }),
    write: () => Promise.reject(unavailable(name)),
  };
}

/** A profile that this version does not read: it recognises nothing. */
export function unavailableReading(name: Reading["name"]): Reading {
  return {
    name,
    recognises: async () => false,
    load: () => Promise.reject(unavailable(name)),
  };
}

function unavailable(name: string): SluiceError {
  return new SluiceError({
    reason: "PROFILE_UNAVAILABLE",
    message: "This version does not know the profile.",
    field: "options.profile",
    got: name,
    remedy: "Choose another profile, or a newer version.",
  });
}
