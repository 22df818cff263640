import { type ArtifactSink, receiptOf } from "@sluice/core";
import { ExportState, type ExportSummary } from "@sluice/proto";

/** Place for a receipt, taken before the export begins: a name that is taken is found before the first byte. */
export interface ReceiptFile {
  /**
   * Writes the summary. Without artifacts there is nothing for a receipt to lie beside: a failed export leaves the folder
   * as it was.
   */
  write(summary: ExportSummary): Promise<void>;
  /** The export came to no summary. */
  discard(): Promise<void>;
}

/** Takes `STEM.receipt.json` beside the artifacts. */
export async function openReceipt(stem: string, sink: ArtifactSink): Promise<ReceiptFile> {
  const writer = await discardingOnFailure(sink, () => sink.create(`${stem}.receipt.json`, "application/json"));
  const discard = () => sink.discard("The export left no artifacts.");
  const write = async (summary: ExportSummary) => {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(receiptOf(summary), undefined, 2)}\n`));
    await writer.close({ formatVersion: "sluice receipt 1" });
    await sink.prepare();
    await sink.commit();
  };
  return {
    write: (summary) =>
      summary.state === ExportState.EXPORT_STATE_FAILED ? discard() : discardingOnFailure(sink, () => write(summary)),
    discard,
  };
}

async function discardingOnFailure<T>(sink: ArtifactSink, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await sink.discard("The receipt could not be written.");
    throw error;
  }
}
