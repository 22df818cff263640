import type { FormatDescriptor } from "@sluice/proto";
import type { ExportContext, Exporter, Findings, Outlook } from "./exporter.ts";
import { jsonSchemaOf, type OptionSchema, parseOptions, requireOptions } from "./options.ts";
import { isError, SluiceError } from "./problem.ts";
import type { ArtifactSink } from "./sink.ts";
import type { DatasetHeader, DatasetStream } from "./stream.ts";

/** What a format must say of itself: a schema of its options and two functions of checked options. */
export interface ExporterDefinition<Options> {
  readonly format: Omit<FormatDescriptor, "optionSchema">;
  readonly options: OptionSchema<Options>;
  check(header: DatasetHeader, options: Options): Outlook;
  export(stream: DatasetStream, options: Options, sink: ArtifactSink, context: ExportContext): Promise<Findings>;
}

/** Makes an exporter whose options are checked, and whose `check` is passed and its warnings told, before its `export` runs. */
export function defineExporter<Options>(definition: ExporterDefinition<Options>): Exporter {
  return {
    format: definition.format.name,
    describe: async () => ({ ...definition.format, optionSchema: jsonSchemaOf(definition.options) }),
    check: async (header, raw) => {
      const parsed = parseOptions(definition.options, raw, "options");
      return "options" in parsed ? definition.check(header, parsed.options) : { problems: parsed.problems };
    },
    export: async (stream, raw, sink, context) => {
      const options = requireOptions(definition.options, raw, "options");
      const { problems = [] } = definition.check(stream.header, options);
      const fault = problems.find(isError);
      if (fault) throw new SluiceError(fault);
      if (problems.length > 0) context.warn?.(problems);
      return definition.export(stream, options, sink, context);
    },
  };
}
