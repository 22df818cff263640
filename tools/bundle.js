// `node tools/bundle.js ENTRY.ts FOLDER`: our own packages as a few JavaScript files that every supported Node runs.
// What is imported lazily stays lazy, and what is imported from a package loads that alone: no module of ours does
// anything but define, which `sideEffects` says in their package.json. Packages from the registry stay outside, but for
// the small ones that every program loads: finding and linking their files takes longer than running them.
import { cpSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Packages whose code becomes part of the bundle. */
const inside = /^(@sluice|valibot|@valibot|@bufbuild|p-limit|yocto-queue)(\/|$)/;
/** CommonJS packages that every program loads: required, since Node parses a whole file for the names that it exports. */
const required = new Set(["@node-rs/crc32", "@opentelemetry/api", "commander"]);

const registryPackages = {
  name: "registry-packages",
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      if (kind === "entry-point" || inside.test(path)) return undefined;
      if (required.has(path)) return { path, namespace: "required", sideEffects: false };
      return { path, external: true, sideEffects: false };
    });
    onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({ contents: requiring(path) }));
  },
};

/** A module that exports what a CommonJS package does. */
function requiring(path) {
  const names = Object.keys(createRequire(import.meta.url)(path));
  return `import { createRequire } from "node:module";
export const { ${names.join(", ")} } = createRequire(import.meta.url)(${JSON.stringify(path)});`;
}

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
    plugins: [registryPackages],
  });
  // proto/descriptor.ts reads its file beside itself, and that is in the bundle now.
  cpSync(join(root, "proto/gen/descriptor.binpb"), join(resolve(folder), "gen/descriptor.binpb"));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await bundle(process.argv[2], process.argv[3]);
