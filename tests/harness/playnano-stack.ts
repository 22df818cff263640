/** An array as `interop/scripts/load_playnano.py` tells it; the digest is that of its little-endian bytes in C order. */
export interface PlaynanoArray {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly sha256: string;
}

/** A stack that playNano loaded. */
export interface PlaynanoStack {
  readonly data: PlaynanoArray;
  readonly processed: Readonly<Record<string, PlaynanoArray>>;
  readonly masks: Readonly<Record<string, PlaynanoArray>>;
  readonly pixelSizeNm: number;
  readonly channel: string;
  readonly times: readonly number[];
  readonly frameMetadata: readonly Readonly<Record<string, unknown>>[];
  readonly provenance: Readonly<Record<string, unknown>>;
  readonly stateBackups: Readonly<Record<string, unknown>>;
  /** What playNano logged as a warning. */
  readonly warnings: readonly string[];
}
