import { unavailableProfile } from "../../unavailable.ts";

export const spikelab = unavailableProfile("spikelab");
