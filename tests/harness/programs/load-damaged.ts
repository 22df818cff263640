// Loads damaged copies of files: FOLDER CASE... with a case NAME:NUMBER for each copy of FOLDER/NAME, damaged as the
// case's own name has it. Says JSON lines: each case when it begins, and again with what became of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { payloadBytes, SluiceError } from "@sluice/core";
import { hdf5Loader } from "@sluice/hdf5-service";
import { nwbLoader } from "@sluice/nwb";
import { damaged, randomOf } from "../mutations/damage.ts";

/** HDF5 goes round in circles in some damaged heaps; who reads can give up, and the next file is read all the same. */
const patienceMs = 8000;
/** Damaged sizes promise more than there is: nobody has to read that to its end. */
const enoughBytes = 16 * 1024 * 1024;

const [folder = "", ...cases] = process.argv.slice(2);
const scratch = mkdtempSync(join(tmpdir(), "sluice-damaged-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

for (const name of cases) {
  console.log(JSON.stringify({ name }));
  const original = name.slice(0, name.lastIndexOf(":"));
  const path = join(scratch, `damaged${extname(original)}`);
  writeFileSync(path, damaged(readFileSync(join(folder, original)), randomOf(name)));
  console.log(JSON.stringify({ name, outcome: await outcomeOf(path) }));
}
process.exit();

/** "read", "given up", the reason of an error; with a "!" in front what must not happen. */
async function outcomeOf(path: string): Promise<string> {
  const signal = AbortSignal.timeout(patienceMs);
  try {
    const { frames } = await (path.endsWith(".nwb") ? nwbLoader : hdf5Loader).load(path, {}, signal);
    let bytes = 0;
    for await (const frame of frames) {
      bytes += payloadBytes(frame);
      if (bytes > enoughBytes) break;
    }
    return "read";
  } catch (error) {
    if (error === signal.reason) return "given up";
    if (!(error instanceof SluiceError)) return `! ${error instanceof Error ? error.stack : error}`;
    const { problem } = error;
    if (JSON.stringify(problem).includes(scratch)) return `! ${problem.reason} names a folder of this machine`;
    return /^[A-Z][A-Z0-9_]+$/.test(problem.reason) && problem.reason !== "INTERNAL"
      ? problem.reason
      : `! ${problem.reason}`;
  }
}
