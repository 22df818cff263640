import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { commandMissing, type Obstacle, obstacleUnlessRequired } from "./availability.ts";
import { output, run } from "./processes.ts";

const main = new URL("../.venv", import.meta.url);
const requirements = fileURLToPath(new URL("../interop/requirements.txt", import.meta.url));
const playnanoRequirements = fileURLToPath(new URL("../interop/requirements-playnano.txt", import.meta.url));
const spikelabRequirements = fileURLToPath(new URL("../interop/requirements-spikelab.txt", import.meta.url));
const kilosortRequirements = fileURLToPath(new URL("../interop/requirements-kilosort.txt", import.meta.url));
const javaRequirements = fileURLToPath(new URL("../interop/requirements-java.txt", import.meta.url));

/** Files that name all that is needed: what their packages ask for beyond that is left out. */
const withoutDependencies: readonly string[] = [
  playnanoRequirements,
  spikelabRequirements,
  kilosortRequirements,
  javaRequirements,
];

const quiet = ["--quiet", "--no-input", "--disable-pip-version-check", "--only-binary", ":all:", "--retries", "2"];

/** Python with the packages of the interop suite, in `tests/.venv`; what stands in the way when it cannot be had. */
export interface PythonEnvironment {
  readonly obstacle: Obstacle;
  /** Obstacle of what runs on a Java machine. */
  readonly javaObstacle: Obstacle;
  /** Runs a script of `interop/` that reads `input` as JSON and prints JSON. */
  readonly ask: <Reply>(script: string, input: unknown) => Promise<Reply>;
  readonly command: string;
}

/** Makes the environment, or takes it as it is when the requirements have not changed. Call it at the top of a file. */
export async function pythonEnvironment(): Promise<PythonEnvironment> {
  const java = commandMissing("java", "-version");
  const files = [requirements, playnanoRequirements, spikelabRequirements, ...(java ? [] : [javaRequirements])];
  const obstacle = obstacleUnlessRequired(
    "REQUIRE_INTEROP",
    commandMissing("python3", "--version"),
    await install(fileURLToPath(main), files),
  );
  return environmentIn(fileURLToPath(main), obstacle, java);
}

/**
 * Python with the packages that NWB's users have: today, with nwbinspector and SpikeLab, and two years ago. In folders of
 * their own, since they need other versions of what others need.
 */
export async function nwbEnvironment(age: "today" | "then"): Promise<PythonEnvironment> {
  const own = fileURLToPath(new URL(`../interop/requirements-nwb-${age}.txt`, import.meta.url));
  const folder = fileURLToPath(new URL(`../.venv-nwb-${age}`, import.meta.url));
  const obstacle = obstacleUnlessRequired(
    "REQUIRE_INTEROP",
    commandMissing("python3", "--version"),
    await install(folder, age === "today" ? [own, spikelabRequirements] : [own]),
  );
  return environmentIn(folder, obstacle, undefined);
}

/** Python with what reads folders of KiloSort and Phy, in a folder of its own. */
export async function sortingEnvironment(): Promise<PythonEnvironment> {
  const folder = fileURLToPath(new URL("../.venv-sorting", import.meta.url));
  const obstacle = obstacleUnlessRequired(
    "REQUIRE_INTEROP",
    commandMissing("python3", "--version"),
    await install(folder, [kilosortRequirements, spikelabRequirements]),
  );
  return environmentIn(folder, obstacle, undefined);
}

function environmentIn(folder: string, obstacle: Obstacle, java: Obstacle): PythonEnvironment {
  const command = join(folder, "bin/python");
  return {
    obstacle,
    javaObstacle: obstacle ?? java,
    ask: (script, input) => ask(command, script, input),
    command,
  };
}

async function install(folder: string, files: readonly string[]): Promise<Obstacle> {
  if (commandMissing("python3", "--version")) return undefined;
  const version = await output("python3", ["--version"]);
  const hash = createHash("sha256").update(version);
  for (const file of files) hash.update(readFileSync(file));
  const wanted = hash.digest("hex");
  const stamp = join(folder, "requirements.sha256");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return undefined;
  // Two runs at once, and one that was stopped, leave a whole environment: it is made aside.
  const aside = `${folder}.${process.pid}`;
  try {
    const obstacle = await make(aside, files);
    if (obstacle !== undefined) return obstacle;
    writeFileSync(join(aside, basename(stamp)), wanted);
    rmSync(folder, { recursive: true, force: true });
    renameSync(aside, folder);
    return undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

async function make(aside: string, files: readonly string[]): Promise<Obstacle> {
  const made = await run("python3", ["-m", "venv", aside]);
  if (made.code !== 0) return `python3 -m venv failed: ${lastLine(made.stdout + made.stderr)}`;
  for (const file of files) {
    const dependencies = withoutDependencies.includes(file) ? ["--no-deps"] : [];
    const parameters = ["-m", "pip", "install", ...quiet, ...dependencies, "-r", file];
    const { code, stderr } = await run(join(aside, "bin/python"), parameters);
    if (code !== 0) return `pip install failed: ${lastLine(stderr)}`;
  }
  return undefined;
}

async function ask<Reply>(command: string, script: string, input: unknown): Promise<Reply> {
  const path = fileURLToPath(new URL(`../interop/${script}`, import.meta.url));
  const question = join(mkdtempSync(join(tmpdir(), "sluice-tests-")), "input.json");
  try {
    writeFileSync(question, JSON.stringify(input));
    return JSON.parse(await output(command, [path, question])) as Reply;
  } finally {
    rmSync(dirname(question), { recursive: true });
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
