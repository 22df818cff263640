import {
  type DatasetHeader,
  type Exporter,
  forecast,
  type JobBranch,
  type RawOptions,
  runJob,
  SluiceError,
} from "@sluice/core";
import type {
  ArraySpec,
  DatasetSpec,
  ExportResponse,
  Frame,
  ValidateExportRequest,
  ValidateExportResponse,
} from "@sluice/proto";
import { inlineSink } from "@sluice/sink";
import { callSignal } from "../call-signal.ts";
import { type ExportServerCall, readExport } from "../reader.ts";
import { replySender } from "../reply.ts";

/** A format of no use but in tests: the payload of all chunks, end to end, in NAME.raw; option `fail` makes it fail. */
export function rawExporter(format = "raw"): Exporter {
  const check = (header: DatasetHeader, options: RawOptions) => {
    const problems = options.fail === "check" ? [new SluiceError(refused).problem] : [];
    return { problems, losses: [], artifactBytes: 8 * header.arrays.length, memoryBytes: 64 };
  };
  return {
    format,
    describe: async () => ({
      name: format,
      summary: "The payload of all chunks, end to end.",
      version: "1",
      contents: ["image_stacks"],
      dataTypes: ["uint8"],
      unknownLength: true,
      extensions: [".raw"],
      mediaType: "application/octet-stream",
      optionSchema: undefined,
    }),
    check: async (header, options) => check(header, options),
    export: async (stream, options, sink, { name }) => {
      const writer = await sink.create(`${name}.raw`, "application/octet-stream", { appendOnly: true });
      for await (const { content } of stream.frames) {
        if (options.fail === "export") throw new SluiceError({ reason: "DISK_FULL", message: "There is no room." });
        if (content?.$case === "chunk") await writer.write(content.value.data);
      }
      await writer.close({ formatVersion: "raw 1" });
      return { losses: [{ kind: 5, field: "arrays.image", message: "The shape is not kept." }] };
    },
  };
}

const refused = { reason: "OPTION_INVALID", message: "No.", field: "branches[0].options.fail" };

/** Serves the branches of a call with an exporter, as a format service does. */
export function serveWith(exporter: Exporter): (call: ExportServerCall) => Promise<void> {
  return async (call) => {
    const reply = replySender(call);
    const { open, stream } = await readExport(call);
    const branches = open.branches.map(
      ({ branchId, options, delivery }): JobBranch => ({
        branchId,
        exporter,
        options: options ?? {},
        name: delivery?.name ?? "",
        sink: inlineSink((event) => reply({ branchId, event }), { sha256: !delivery?.withoutSha256 }),
      }),
    );
    const reports: Promise<void>[] = [];
    const report = (response: ExportResponse) => reports.push(reply(response));
    const summary = await runJob(
      stream,
      { ...open, branches },
      {
        signal: callSignal(call),
        now: () => new Date(0),
        uuid: () => "id",
        onProgress: (branchId, value) => report({ branchId, event: { $case: "progress", value } }),
        onBranch: (value) => report({ branchId: value.branchId, event: { $case: "branchReport", value } }),
      },
    );
    await Promise.all(reports);
    await reply({ branchId: "", event: { $case: "summary", value: summary } });
    call.end();
  };
}

/** What a format service answers to ValidateExport. */
export async function validateWith(
  exporter: Exporter,
  { open, header }: ValidateExportRequest,
): Promise<ValidateExportResponse> {
  const values = (kind: string) =>
    header.flatMap(({ content }: Frame) => (content?.$case === kind ? [content.value] : []));
  const dataset: DatasetHeader = {
    dataset: values("dataset")[0] as DatasetSpec,
    arrays: values("array") as ArraySpec[],
    tables: [],
  };
  const plans = (open?.branches ?? []).map(({ branchId, options }) => ({ branchId, exporter, options: options ?? {} }));
  return { forecasts: await forecast(dataset, plans) };
}
