#!/usr/bin/env node
// The pool that deflates must be sized before anything uses it: one thread a core, two for files and names.
process.env.UV_THREADPOOL_SIZE ??= String(require("node:os").availableParallelism() + 2);

// Node 22.18 and later run TypeScript as it is; earlier ones need the loader.
const runsTypeScript = process.features.typescript !== undefined && process.features.typescript !== false;
const ready = runsTypeScript ? Promise.resolve() : import("tsx/esm/api").then((tsx) => tsx.register());
void ready.then(() => import("../src/main.ts"));
