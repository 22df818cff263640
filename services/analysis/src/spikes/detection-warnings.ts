import { warning } from "@sluice/core";
import type { Problem } from "@sluice/proto";

/** Channels that a warning names. */
const mostNamed = 10;

/** What is known of a channel that was searched. */
export interface SearchedChannel {
  readonly noise: number;
  readonly spikes: number;
  readonly isClipped: boolean;
}

/**
 * What to look at after a detection: CHANNEL_DEAD for channels without noise, CHANNEL_CLIPPED for channels at the end of
 * what their numbers hold, SPIKES_NONE where no channel has a spike.
 */
export function detectionWarnings(channels: readonly SearchedChannel[], dataType: string, sigma: number): Problem[] {
  const dead = channels.filter(({ noise }) => noise === 0);
  const warnings: Problem[] = [];
  if (dead.length > 0) {
    warnings.push(
      warning({
        reason: "CHANNEL_DEAD",
        message: "Channels are without noise: their values do not change, or hardly ever. They have no spikes.",
        field: "spikes.threshold",
        got: named(channels, ({ noise }) => noise === 0),
        remedy: "Look whether these channels were connected, and whether the numbers are fine enough for their noise.",
      }),
    );
  }
  if (channels.some(({ isClipped }) => isClipped)) {
    warnings.push(
      warning({
        reason: "CHANNEL_CLIPPED",
        message: `Channels reach an end of the range of ${dataType}: what lay beyond was cut off when it was recorded.`,
        field: "spikes.threshold",
        got: named(channels, ({ isClipped }) => isClipped),
        remedy: "Look at these channels for artifacts; what a filter makes of a step may look like a spike.",
      }),
    );
  }
  if (dead.length < channels.length && channels.every(({ spikes }) => spikes === 0)) {
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

/** "3 of 32 channels: 4, 7, 19". */
function named(channels: readonly SearchedChannel[], isMeant: (channel: SearchedChannel) => boolean): string {
  const numbers = [...channels.keys()].filter((index) => isMeant(channels[index] as SearchedChannel));
  const more = numbers.length > mostNamed ? `, and ${numbers.length - mostNamed} more` : "";
  return `${numbers.length} of ${channels.length} channels: ${numbers.slice(0, mostNamed).join(", ")}${more}`;
}
