// Runs the tests of one project: `node tools/jest.js PROJECT [SUITE] [jest options]`.
// SUITE "unit" (default) takes src/**/*.test.ts; any other takes SUITE/**/*.test.ts. Counts go to .results/SUITE-nodeMAJOR.json.
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [project = ".", ...rest] = process.argv.slice(2);
const suite = rest[0] && !rest[0].startsWith("-") ? rest.shift() : "unit";
const folder = resolve(project);
const jest = join(dirname(createRequire(import.meta.url).resolve("jest/package.json")), "bin/jest.js");
const config = {
  rootDir: folder,
  testMatch: [suite === "unit" ? "<rootDir>/src/**/*.test.ts" : `<rootDir>/${suite}/**/*.test.ts`],
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": join(root, "tools/jest-transform.js") },
  setupFiles: [join(root, "tools/jest-setup.js")],
  injectGlobals: false,
  // Busy machines are slow; a test that hangs is still found.
  testTimeout: 60_000,
  cacheDirectory: join(root, "node_modules/.cache/jest"),
};
mkdirSync(join(folder, ".results"), { recursive: true });
const { status } = spawnSync(
  process.execPath,
  [
    "--experimental-vm-modules",
    "--disable-warning=ExperimentalWarning",
    jest,
    "--config",
    JSON.stringify(config),
    "--runInBand",
    "--json",
    "--outputFile",
    join(folder, ".results", `${suite}-node${process.versions.node.split(".")[0]}.json`),
    ...rest,
  ],
  { stdio: ["inherit", "ignore", "inherit"], env: { ...process.env, UV_THREADPOOL_SIZE: "4" } },
);
process.exit(status ?? 1);
