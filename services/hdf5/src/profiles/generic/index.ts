import { unavailableProfile } from "../../unavailable.ts";

export const generic = unavailableProfile("generic");
