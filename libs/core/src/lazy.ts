import type { Exporter } from "./exporter.ts";
import type { Analysis } from "./step.ts";

/**
 * An exporter whose code is loaded when it is first used: a process that can write many formats starts with none.
 *
 * @param load imports it; called every time, for modules are loaded once
 */
export function lazyExporter(format: string, load: () => Promise<Exporter>): Exporter {
  return {
    format,
    describe: async (...parameters) => (await load()).describe(...parameters),
    check: async (...parameters) => (await load()).check(...parameters),
    export: async (...parameters) => (await load()).export(...parameters),
  };
}

/** Steps whose code is loaded when they are first used, as with `lazyExporter`. */
export function lazyAnalysis(load: () => Promise<Analysis>): Analysis {
  return {
    steps: async (...parameters) => (await load()).steps(...parameters),
    check: async (...parameters) => (await load()).check(...parameters),
    apply: async (...parameters) => (await load()).apply(...parameters),
  };
}
