import { unavailableProfile } from "../../unavailable.ts";

export const playnano = unavailableProfile("playnano");
