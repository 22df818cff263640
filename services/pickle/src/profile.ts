import type { ArtifactWriter, ExportContext } from "@sluice/core";
import type { Spool } from "@sluice/sink";
import type { PickleOptions } from "./options.ts";

/** What a profile writes with. */
export interface ProfileJob {
  readonly options: PickleOptions;
  readonly writer: ArtifactWriter;
  readonly spool: Spool;
  readonly context: ExportContext;
}
