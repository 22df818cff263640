// Adds up the .results/SUITE.json of every project and says `N passed, N failed, N skipped`; exit 1 on a failure.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

function* resultFiles(folder, depth) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory() || entry.name === "node_modules" || entry.name === ".git") continue;
    const path = join(folder, entry.name);
    if (entry.name === ".results") for (const name of readdirSync(path)) yield join(path, name);
    else if (depth > 0) yield* resultFiles(path, depth - 1);
  }
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const file of resultFiles(root, 2)) {
  const result = JSON.parse(readFileSync(file, "utf8"));
  passed += result.numPassedTests;
  failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
  skipped += result.numPendingTests + result.numTodoTests;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);
