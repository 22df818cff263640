/** A place in one frame. */
export interface Place {
  readonly y: number;
  readonly x: number;
}

/** How places are linked. */
export interface TrackerOptions {
  /** Farthest step, not reached itself, of a track from one frame to the next, in pixels. */
  readonly maximumDistance: number;
  /** Frames that a track may miss and go on. */
  readonly maximumMissing: number;
  /** What the distance is multiplied by after n frames: 1, sqrt(n) or n. */
  readonly scale: "constant" | "sqrt" | "linear";
}

interface Track extends Place {
  readonly id: number;
  readonly frame: number;
}

/** Links places from frame to frame: each track in its turn, the oldest first, takes the nearest place that is free. */
export class Tracker {
  readonly #options: TrackerOptions;
  /** In the order of their beginning. */
  #active: Track[] = [];
  #count = 0;

  constructor(options: TrackerOptions) {
    this.#options = options;
  }

  /** The number of the track, from 0 on, of each place of a frame. Frames ascend; those without places may be left out. */
  add(frame: number, places: readonly Place[]): number[] {
    const tracks = Array.from(places, () => -1);
    const active = this.#active
      .filter((track) => frame - track.frame <= this.#options.maximumMissing + 1)
      .map((track) => {
        const nearest = this.#nearest(track, frame, places, tracks);
        if (nearest === undefined) return track;
        tracks[nearest] = track.id;
        return { id: track.id, frame, ...(places[nearest] as Place) };
      });
    for (const [index, { y, x }] of places.entries()) {
      if (tracks[index] !== -1) continue;
      tracks[index] = this.#count;
      active.push({ id: this.#count++, frame, y, x });
    }
    this.#active = active;
    return tracks;
  }

  #nearest(track: Track, frame: number, places: readonly Place[], tracks: readonly number[]): number | undefined {
    const { maximumDistance, scale } = this.#options;
    const frames = frame - track.frame;
    let least = maximumDistance * (scale === "constant" ? 1 : scale === "sqrt" ? Math.sqrt(frames) : frames);
    let nearest: number | undefined;
    for (const [index, { y, x }] of places.entries()) {
      if (tracks[index] !== -1) continue;
      const distance = Math.hypot(y - track.y, x - track.x);
      if (distance < least) {
        least = distance;
        nearest = index;
      }
    }
    return nearest;
  }
}
