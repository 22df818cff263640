/** What ImageJ writes into the description of a stack. */
export interface ImageJStack {
  readonly sizes: { readonly t: number; readonly c: number; readonly z: number };
  /** UDUNITS-2 name of the unit of the resolution; undefined when it is no length. */
  readonly unit: string | undefined;
  readonly frameSeconds: number | undefined;
  /** Distance of slices in `unit`. */
  readonly zStep: number | undefined;
}

const lengthUnits: Readonly<Record<string, string>> = {
  micron: "micrometer",
  um: "micrometer",
  "\u00b5m": "micrometer",
  "\\u00B5m": "micrometer",
  nm: "nanometer",
  mm: "millimeter",
  cm: "centimeter",
};

/** Reads `ImageJ=1.53t\nimages=6\nchannels=2\n...`; undefined when ImageJ did not write the description. */
export function parseImageJ(description: string): ImageJStack | undefined {
  if (!description.startsWith("ImageJ=")) return undefined;
  const fields = new Map(
    description
      .split(/[\r\n\0]+/)
      .map((line) => line.split("=", 2) as [string, string | undefined])
      .map(([key, value]) => [key, value ?? ""]),
  );
  const count = (name: string) => Math.max(1, Math.floor(Number(fields.get(name)) || 1));
  const [c, z, frames] = [count("channels"), count("slices"), count("frames")];
  // Stacks from before hyperstacks name the number of images alone: a series over time.
  const t = c * z * frames === 1 ? count("images") : frames;
  return {
    sizes: { t, c, z },
    unit: lengthUnits[fields.get("unit") ?? ""],
    frameSeconds: positive(fields.get("finterval")),
    zStep: positive(fields.get("spacing")),
  };
}

function positive(text: string | undefined): number | undefined {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
