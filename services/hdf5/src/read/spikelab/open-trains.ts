import type { Hdf5File } from "@sluice/hdf5";
import type { LoadOptions } from "../../load-options.ts";
import type { Content } from "./content.ts";
import { groupTrains } from "./group-trains.ts";
import { pairedTrains } from "./paired-trains.ts";
import { raggedTrains } from "./ragged-trains.ts";
import { rasterTrains } from "./raster-trains.ts";
import type { Trains } from "./trains.ts";

/** Finds the units of a file, and checks what says where they are. */
export function openTrains(file: Hdf5File, content: Content, options: LoadOptions): Promise<Trains> {
  switch (content.style) {
    case "ragged":
      return raggedTrains(file, content, options);
    case "raster":
      return rasterTrains(file, content, options);
    case "group":
      return groupTrains(file, content, options);
    case "paired":
      return pairedTrains(file, content, options);
  }
}
