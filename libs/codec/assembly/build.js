// Compiles the encoder and writes it as a TypeScript module, which loads wherever the sources do: under Node, under
// jest and in a bundle.
import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { main } from "assemblyscript/asc";

const project = fileURLToPath(new URL("..", import.meta.url));
const options = ["--optimize", "--noAssert", "--runtime=stub", "--use=abort=", "--enable=simd,threads"];
const memory = [
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=16",
  "--maximumMemory=65536",
  "--zeroFilledMemory",
];
let code;
const { error } = await main(
  ["assembly/index.ts", `--baseDir=${project}`, "--outFile=huffman.wasm", ...options, ...memory],
  {
    stderr: process.stderr,
    writeFile: (_, contents) => {
      code = contents;
    },
  },
);
if (error) throw error;

const instance = new WebAssembly.Instance(new WebAssembly.Module(code), {
  env: { memory: new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true }) },
});
await mkdir(new URL("../gen", import.meta.url), { recursive: true });
await writeFile(
  new URL("../gen/huffman.ts", import.meta.url),
  `// Made by assembly/build.js.
/** WebAssembly of assembly/index.ts, as base64. */
export const huffmanCode = "${Buffer.from(code).toString("base64")}";
/** Where the memory begins that is free for input and output. */
export const firstFreeByte = ${instance.exports.freeMemory.value};
`,
);
