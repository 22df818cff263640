import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, jest } from "@jest/globals";
import { testUnless } from "../harness/availability.ts";
import { filesOf } from "../harness/folder.ts";
import { protoFolder } from "../harness/paths.ts";
import { output } from "../harness/processes.ts";
import { pythonEnvironment } from "../harness/python.ts";
import { useScratch } from "../harness/scratch.ts";
import { startChain } from "../harness/service.ts";
import type { TiffFacts } from "../harness/tiff-facts.ts";

jest.setTimeout(120_000);
const python = await pythonEnvironment();
const scratch = useScratch();
const client = fileURLToPath(new URL("clients/export_numpy.py", import.meta.url));

describe("a Python client made of grpcio and the .proto files exports a numpy stack through the gateway", () => {
  const testable = testUnless(python.obstacle);
  const stubs = scratch.path("stubs");
  const stack = scratch.path("stack.npy");
  const root = scratch.fresh("root");
  let gateway = "";
  let sha256 = "";

  beforeAll(async () => {
    if (python.obstacle) return;
    mkdirSync(stubs);
    const sources = readdirSync(join(protoFolder, "sluice"), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".proto"))
      .map((name) => join("sluice", name));
    const places = ["-I", protoFolder, "--python_out", stubs, "--grpc_python_out", stubs];
    await output(python.command, ["-m", "grpc_tools.protoc", ...places, ...sources]);
    sha256 = (await output(python.command, ["-c", writeStack, stack])).trim();
    gateway = (await startChain({ SLUICE_OUTPUT_ROOT: root })).gateway.address;
  });

  testable("with inline delivery", async () => {
    const out = scratch.fresh();
    const said = await exportStack("--out", out);
    expect(filesOf(out)).toEqual(["stack.ome.tif"]);
    await expectFile(join(out, "stack.ome.tif"), said);
  });

  testable("with delivery into a directory of the service", async () => {
    const out = scratch.fresh();
    mkdirSync(join(root, "exports"));
    const said = await exportStack("--out", out, "--directory", "exports");
    expect(filesOf(out)).toEqual([]);
    expect(filesOf(root)).toEqual(["exports/stack.ome.tif"]);
    await expectFile(join(root, "exports/stack.ome.tif"), said);
  });

  async function exportStack(...more: string[]): Promise<string> {
    const sizes = ["--pixel-size-nm", "2.5", "--seconds-per-frame", "0.5"];
    const parameters = [client, gateway, stack, "--name", "stack", ...sizes, ...more];
    return await output(python.command, parameters, { environment: { PYTHONPATH: stubs } });
  }

  async function expectFile(path: string, said: string): Promise<void> {
    const file = readFileSync(path);
    const digest = createHash("sha256").update(file).digest("hex");
    expect(said).toBe(`EXPORT_STATE_SUCCEEDED stack.ome.tif ${file.length} ${digest}\n`);
    const [facts] = await python.ask<TiffFacts[]>("scripts/describe_tiff.py", [path]);
    expect({ sha256: facts?.sha256, dtype: facts?.dtype }).toEqual({ sha256, dtype: "uint16" });
    expect(facts?.ome?.pixels).toMatchObject({ SizeT: "7", SizeY: "41", SizeX: "67", PhysicalSizeX: "0.0025" });
    expect(facts?.ome?.deltaT).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3]);
  }
});

const writeStack = `
import hashlib, sys, numpy
stack = numpy.random.default_rng(3).integers(0, 65536, (7, 41, 67)).astype("<u2")
numpy.save(sys.argv[1], stack)
print(hashlib.sha256(stack.tobytes()).hexdigest())
`;
