#!/usr/bin/env node
// The pool that deflates must be sized before anything uses it: one thread a core, two for files and names.
process.env.UV_THREADPOOL_SIZE ??= String(require("node:os").availableParallelism() + 2);

void import("../../tools/typescript.mjs").then(() => import("../src/main.ts"));
