import type { ArtifactSink } from "@sluice/core";
import type { Container, MovieFacts } from "./container.ts";
import { gifContainer } from "./gif-file.ts";
import type { GifOptions } from "./options.ts";
import { pngContainer } from "./png-files.ts";
import { webpContainer } from "./webp-file.ts";

const containers = { gif: gifContainer, webp: webpContainer, png: pngContainer };

/** Opens the container of that name in the sink. */
export function openContainer(
  kind: GifOptions["container"],
  sink: ArtifactSink,
  facts: MovieFacts,
): Promise<Container> {
  return containers[kind](sink, facts);
}
