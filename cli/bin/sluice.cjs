#!/usr/bin/env node
// The pool that writes and deflates must be sized before anything uses it: one thread a core, two for files and names.
process.env.UV_THREADPOOL_SIZE ??= String(require("node:os").availableParallelism() + 2);

void import("../dist/main.js");
