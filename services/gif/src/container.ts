import type { DelayRule } from "./delays.ts";

/** What a container needs to know before the first frame. */
export interface MovieFacts {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** 256 colors: red, green, blue in turn. */
  readonly palette: Uint8Array;
  /** Times that the movie is played; 0: for ever. */
  readonly loop: number;
  /** What the file says of itself: ASCII. */
  readonly comment: string;
}

/** A kind of file, or of files, that holds a movie. */
export interface Container {
  readonly rule: DelayRule;
  /** Encodes the pixels of a frame, which stay as they are until the call resolves; calls may overlap. */
  encode(pixels: Uint8Array): Promise<Uint8Array>;
  /** Appends an encoded frame that is shown for so many ticks; frames come in order. */
  append(frame: Uint8Array, ticks: number): Promise<void>;
  /** Ends the movie. */
  finish(): Promise<void>;
}
