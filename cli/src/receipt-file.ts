import { type ArtifactSink, receiptOf } from "@sluice/core";
import type { ExportSummary } from "@sluice/proto";

/** Writes `STEM.receipt.json` beside the artifacts it names. */
export async function writeReceipt(summary: ExportSummary, stem: string, sink: ArtifactSink): Promise<void> {
  try {
    const writer = await sink.create(`${stem}.receipt.json`, "application/json");
    await writer.write(new TextEncoder().encode(`${JSON.stringify(receiptOf(summary), undefined, 2)}\n`));
    await writer.close({ formatVersion: "sluice receipt 1" });
    await sink.prepare();
    await sink.commit();
  } catch (error) {
    await sink.discard("The receipt could not be written.");
    throw error;
  }
}
