// `node --import ./tools/typescript.mjs FILE.ts` runs TypeScript on every Node that Sluice supports.
import { register } from "node:module";

if (!process.features.typescript) register("./typescript-hooks.mjs", import.meta.url);
