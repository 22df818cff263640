#!/usr/bin/env node
// The pool that deflates must be sized before anything uses it: one thread a core, two for files and names.
process.env.UV_THREADPOOL_SIZE ??= String(require("node:os").availableParallelism() + 2);

if (!process.features.typescript) {
  require("node:module").register("./typescript-hooks.mjs", require("node:url").pathToFileURL(__filename));
}
void import("../src/main.ts");
