import { unavailableReading } from "../../unavailable.ts";

export const generic = unavailableReading("generic");
