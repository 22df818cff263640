import { eventually } from "../eventually.ts";
import { startTypeScript } from "../processes.ts";

const atOnce = 2;
/** Cases for one process: what HDF5's thread leaves behind goes with it. */
const casesEach = 100;
const heapMegabytes = 512;

/**
 * Loads a damaged copy of a file for each case, `NAME:NUMBER`, in processes of little memory; a case that ends its
 * process is one that must not be, and the others go on.
 *
 * @param folder of the files
 * @returns what became of each case: "read", "given up", the reason of an error; with a "!" in front what must not be
 */
export async function loadDamaged(folder: string, cases: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const outcomes = new Map<string, string>();
  const left = [...cases];
  const work = async () => {
    for (let own = left.splice(0, casesEach); own.length > 0; own = left.splice(0, casesEach)) {
      while (own.length > 0) own = await loadUntilDeath(folder, own, outcomes);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}

/** Loads cases in one process; gives those that are left when one of them ended it. */
async function loadUntilDeath(folder: string, cases: string[], outcomes: Map<string, string>): Promise<string[]> {
  const file = "tests/harness/programs/load-damaged.ts";
  const child = startTypeScript(file, [folder, ...cases], { NODE_OPTIONS: `--max-old-space-size=${heapMegabytes}` });
  while (!child.over) {
    const before = child.stdout.length;
    const goesOn = () => child.over || child.stdout.length > before;
    // Who loads gives up after seconds: a case that takes a minute has blocked its process.
    await eventually("loading damaged files goes on", goesOn).catch(() => child.stop());
  }
  const { stdout, stderr, code, signal } = await child.ended;
  const said = stdout.split("\n").slice(0, -1);
  for (const line of said) {
    const { name, outcome } = JSON.parse(line) as { readonly name: string; readonly outcome?: string };
    if (outcome !== undefined) outcomes.set(name, outcome);
  }
  const next = cases.findIndex((name) => !outcomes.has(name));
  if (next < 0) return [];
  outcomes.set(cases[next] as string, `! ended the process with ${code ?? signal}: ${stderr.slice(-2000)}`);
  return cases.slice(next + 1);
}
