// `node tools/bundle.js ENTRY.ts FOLDER`: our own packages as a few JavaScript files that every supported Node runs;
// packages from the registry stay outside. What is imported lazily stays lazy, and what is imported from a package loads
// that alone: no module of ours does anything but define, which `sideEffects` says in their package.json.
import { cpSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const registryPackagesOutside = {
  name: "registry-packages-outside",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      path.startsWith("@sluice/") || kind === "entry-point" ? undefined : { path, external: true, sideEffects: false },
    ),
};

/** Bundles an entry point into `folder` under its own name. */
export async function bundle(entry, folder) {
  await build({
    entryPoints: [resolve(entry)],
    outdir: resolve(folder),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: true,
    sourcesContent: false,
    logLevel: "warning",
    plugins: [registryPackagesOutside],
  });
  // proto/descriptor.ts reads its file beside itself, and that is in the bundle now.
  cpSync(join(root, "proto/gen/descriptor.binpb"), join(resolve(folder), "gen/descriptor.binpb"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await bundle(process.argv[2], process.argv[3]);
