import { unavailableReading } from "../../unavailable.ts";

export const playnano = unavailableReading("playnano");
