import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the peers need: their Python, stubs of our schemas, and frames that both sides write. */
export interface Peers {
  readonly python: string;
  /** Folder of the generated stubs, for PYTHONPATH. */
  readonly stubs: string;
  readonly u16: string;
  readonly f32: string;
  /** Booleans. */
  readonly masks: string;
  /** Packages and their versions. */
  readonly versions: string;
}

const requirements = fileURLToPath(new URL("peers/requirements.txt", import.meta.url));
const playnanoRequirements = fileURLToPath(new URL("peers/requirements-playnano.txt", import.meta.url));
const spikelabRequirements = fileURLToPath(new URL("peers/requirements-spikelab.txt", import.meta.url));
const schemas = fileURLToPath(new URL("../proto", import.meta.url));

/** Installs the peers beside us (bench/.venv, kept) and makes what a run needs in the scratch folder. */
export async function preparePeers(scratch: string): Promise<Peers> {
  const venv = fileURLToPath(new URL(".venv", import.meta.url));
  const python = join(venv, "bin/python");
  if (!existsSync(python)) execFileSync("python3", ["-m", "venv", venv], { stdio: "inherit" });
  execFileSync(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements], { stdio: "inherit" });
  // What they ask for beyond that (Qt) is left out.
  for (const file of [playnanoRequirements, spikelabRequirements]) {
    const alone = ["--quiet", "--no-deps", "--requirement", file];
    execFileSync(python, ["-m", "pip", "install", ...alone], { stdio: "inherit" });
  }

  const stubs = join(scratch, "stubs");
  mkdirSync(stubs);
  const protos = execFileSync("find", [join(schemas, "sluice"), "-name", "*.proto"], { encoding: "utf8" })
    .trim()
    .split("\n");
  execFileSync(python, [
    "-m",
    "grpc_tools.protoc",
    `-I${schemas}`,
    `--python_out=${stubs}`,
    `--grpc_python_out=${stubs}`,
    ...protos,
  ]);

  const u16 = join(scratch, "u16.raw");
  const f32 = join(scratch, "f32.raw");
  const masks = join(scratch, "masks.raw");
  execFileSync(python, [fileURLToPath(new URL("peers/make_frames.py", import.meta.url)), u16, f32, masks]);
  const versions = readFileSync(requirements, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.replace("==", " "))
    .join(", ");
  return { python, stubs, u16, f32, masks, versions };
}
