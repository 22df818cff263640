import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

test("works inside a bundle, and holds the process up only while there is something to do", async () => {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { openSync } from "node:fs";
        import { FileDigest } from "./file-digest.ts";
        const digest = new FileDigest(openSync(process.execPath, "r"), new AbortController().signal);
        digest.finish(1_000_000).then((sha256) => console.log(Buffer.from(sha256).toString("hex")));
      `,
      resolveDir: here,
      loader: "ts",
    },
    bundle: true,
    write: false,
    platform: "node",
    format: "cjs",
    minify: true,
    keepNames: true,
    external: ["@node-rs/*"],
  });
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--input-type=commonjs", "-"], {
    cwd: here,
    input: outputFiles[0]?.text,
    encoding: "utf8",
    timeout: 60_000,
  });
  const head = new Uint8Array(1_000_000);
  readSync(openSync(process.execPath, "r"), head);
  expect({ stdout: stdout.trim(), stderr, status }).toEqual({
    stdout: createHash("sha256").update(head).digest("hex"),
    stderr: "",
    status: 0,
  });
});
