// Turns TypeScript into the JavaScript of this Node version for jest; source maps inline.
import { transformSync } from "esbuild";

export default {
  process: (source, path) => ({
    code: transformSync(source, {
      loader: "ts",
      format: "esm",
      target: "node20",
      sourcefile: path,
      sourcemap: "inline",
      sourcesContent: true,
    }).code,
  }),
};
