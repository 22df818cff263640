import { resolve } from "node:path";
import { simulateAfmMovie } from "@sluice/afm";
import { imageOf } from "@sluice/core";
import { KeptLayers } from "@sluice/proto";
import type { Command } from "commander";
import { action, ExitCode } from "../ending.ts";
import { localEngine } from "../engine.ts";
import { carryOut, isSuccess, planExport, requireClear, type Wishes } from "../export-one.ts";
import { exporters } from "../formats.ts";
import { textReporter } from "../reporter.ts";

/** The demo's movie is the same on every machine. */
const movie = { frames: 40, height: 256, width: 256, seed: 1, pixelSizeNm: 0.5, frameIntervalSeconds: 0.5 };
const stem = "demo_movie";

interface Flags {
  readonly out: string;
}

/** `sluice demo`: a simulated AFM movie through the whole chain. */
export function addDemo(program: Command): void {
  program
    .command("demo")
    .description("simulate an AFM movie, export it, read it back and show what came out")
    .option("--out <folder>", "folder for the artifacts", "demo-output")
    .action(action(runDemo, () => false));
}

async function runDemo({ out }: Flags): Promise<ExitCode> {
  const stream = simulateAfmMovie(movie);
  const shape = imageOf(stream.header)
    ?.array.axes.map((axis) => axis.size)
    .join(" x ");
  console.log(`Simulated: molecules moving on a tilted, noisy surface, ${shape} float32 in nm.\n`);
  const input = { stem, stream };
  const wishes: Wishes = {
    formats: await movieFormats(),
    settings: new Map(),
    analysis: { steps: [], layers: KeptLayers.KEPT_LAYERS_UNSPECIFIED },
    out,
    name: stem,
    overwrite: true,
    verify: true,
    receipt: true,
  };
  const reporter = await textReporter(stem);
  const engine = localEngine();
  const plan = await planExport(input, engine, wishes);
  requireClear(plan);
  const { signal } = new AbortController();
  const summary = await carryOut(plan, input, engine, wishes, { signal, onProgress: reporter.progress });
  reporter.summary(summary);
  console.log(`\nThe files lie in ${resolve(out)}. Open them with:`);
  console.log("  *.ome.tif       Fiji / ImageJ, napari, QuPath, OMERO, tifffile (Python)");
  console.log("  *.h5, *.npz     h5py, numpy.load, playNano (Python); HDFView, MATLAB");
  console.log("  *.gif           any browser");
  console.log("  *.pkl           pickle.load (Python), from people you trust");
  console.log(
    `  *.receipt.json  any text editor; check the files again with: npx sluice verify ${out}/${stem}.receipt.json`,
  );
  return isSuccess(summary) ? ExitCode.done : ExitCode.failed;
}

/** Formats that hold image stacks. */
async function movieFormats(): Promise<string[]> {
  const formats = await Promise.all(exporters.map((exporter) => exporter.describe()));
  return formats.filter(({ contents }) => contents.includes("image_stacks")).map(({ name }) => name);
}
