import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** Channels that a warning names. */
const mostNamed = 10;

/**
 * What to look at after a detection that found less than it might: CHANNEL_DEAD for channels without noise, SPIKES_NONE
 * where no channel has an event.
 *
 * @param noise of each channel
 * @param events number of each channel
 */
export function detectionWarnings(noise: readonly number[], events: readonly number[], sigma: number): Problem[] {
  const dead = [...noise.keys()].filter((channel) => noise[channel] === 0);
  const warnings: Problem[] = [];
  if (dead.length > 0) {
    const more = dead.length > mostNamed ? `, and ${dead.length - mostNamed} more` : "";
    warnings.push(
      warning({
        reason: "CHANNEL_DEAD",
        message: "Channels are without noise: their values do not change, or hardly ever. They have no spikes.",
        field: "spikes.threshold",
        got: `${dead.length} of ${noise.length} channels: ${dead.slice(0, mostNamed).join(", ")}${more}`,
        remedy: "Look whether these channels were connected, and whether the numbers are fine enough for their noise.",
      }),
    );
  }
  if (noise.length > dead.length && events.every((count) => count === 0)) {
    warnings.push(
      warning({
        reason: "SPIKES_NONE",
        message: "No channel holds a spike.",
        field: "spikes.threshold.sigma",
        got: String(sigma),
        remedy: "Compare noise and thresholds in the table of units with the traces; lower sigma if spikes are there.",
      }),
    );
  }
  return warnings;
}
