/** Lays out the spikes of one unit after another. */
export interface StyleWriter {
  /** A unit begins; its spikes follow. The unit before it is complete. */
  beginUnit(): Promise<void>;
  /** Spikes of the unit that began last, in seconds. */
  add(seconds: Float64Array): Promise<void>;
  /** All units are complete. */
  end(): Promise<void>;
}
