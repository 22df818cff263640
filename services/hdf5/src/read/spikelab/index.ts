import { unavailableReading } from "../../unavailable.ts";

export const spikelab = unavailableReading("spikelab");
