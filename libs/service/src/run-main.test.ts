import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { type Environment, settingDescriptions } from "./configuration.ts";
import { exportThrough, gatedStream, inlineBranch, openOf } from "./testing/harness.ts";

const program = fileURLToPath(new URL("testing/fake-main.ts", import.meta.url));
const typeScript = new URL("../../../tools/typescript.mjs", import.meta.url).href;

test("--help names every setting", async () => {
  const { code, stdout } = await finished(start({}, "--help"));
  expect(code).toBe(0);
  for (const { variable, doc } of settingDescriptions)
    expect(stdout).toMatch(new RegExp(`  ${variable} .*${doc.slice(0, 20)}`));
});

test("--print-config shows what is set, without secrets", async () => {
  const { code, stdout } = await finished(start({ SLUICE_PORT: "6000", SLUICE_TOKENS: "s3cret" }, "--print-config"));
  expect(code).toBe(0);
  expect(stdout).toContain("\nSLUICE_PORT=6000\n");
  expect(stdout).toContain("\nSLUICE_TOKENS=***\n");
  expect(stdout).not.toContain("s3cret");
});

test("a wrong configuration names every fault and exits 2", async () => {
  const { code, stderr } = await finished(start({ SLUICE_PORT: "x", SLUICE_HSOT: "y" }));
  expect(code).toBe(2);
  expect(stderr).toContain("SETTING_UNKNOWN (SLUICE_HSOT)");
  expect(stderr).toContain("Did you mean SLUICE_HOST?");
  expect(stderr).toContain("SETTING_INVALID (SLUICE_PORT)");
});

test("an unknown flag exits 2 with the usage", async () => {
  const { code, stderr } = await finished(start({}, "--prot"));
  expect(code).toBe(2);
  expect(stderr).toContain("'--prot'");
  expect(stderr).toContain("--print-config");
});

test("a taken port is logged and exits 1", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const { code, stderr } = await finished(start({ SLUICE_PORT: String(port) }));
  other.close();
  expect(code).toBe(1);
  expect(JSON.parse(stderr.trim().split("\n").at(-1)!)).toMatchObject({
    level: "fatal",
    reason: "ADDRESS_IN_USE",
    got: `127.0.0.1:${port}`,
  });
});

test("SIGTERM lets the running export finish, then the process exits 0", async () => {
  const child = start({ SLUICE_PORT: "0", SLUICE_LOG_LEVEL: "debug" });
  const listening = await lineOf(child, "listening");
  expect(listening).toMatchObject({ level: "info", service: "fake", formats: ["raw"], telemetry: false });
  const client = new ExportClient({ address: String(listening.address) });
  const gate = gatedStream();
  const running = exportThrough(client, openOf([inlineBranch("a")]), gate.stream);
  await lineOf(child, "export started");
  const exit = finished(child);
  child.kill("SIGTERM");
  await lineOf(child, "draining");
  gate.open();
  expect((await running).summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  expect((await exit).code).toBe(0);
  client.close();
});

test("a second signal cuts running exports short, and the process exits 1", async () => {
  const child = start({ SLUICE_PORT: "0", SLUICE_HOST: "0.0.0.0", SLUICE_LOG_LEVEL: "debug" });
  const { address } = await lineOf(child, "listening");
  await lineOf(child, "anyone who reaches this address may call");
  const client = new ExportClient({ address: String(address).replace("0.0.0.0", "127.0.0.1") });
  const gate = gatedStream();
  const running = exportThrough(client, openOf([inlineBranch("a")]), gate.stream);
  await lineOf(child, "export started");
  const exit = finished(child);
  child.kill("SIGINT");
  await lineOf(child, "draining");
  child.kill("SIGINT");
  await lineOf(child, "stopped");
  gate.open();
  expect((await running).problem).toMatchObject({ reason: "SHUTTING_DOWN" });
  expect((await exit).code).toBe(1);
  client.close();
});

interface Child extends ChildProcess {
  output: { stdout: string; stderr: string };
}

function start(settings: Environment, ...flags: string[]): Child {
  const child = spawn(process.execPath, ["--import", typeScript, program, ...flags], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (data) => (output.stdout += data));
  child.stderr.on("data", (data) => (output.stderr += data));
  return Object.assign(child, { output });
}

async function finished(child: Child) {
  const [code] = (await once(child, "close")) as [number];
  return { code, ...child.output };
}

/** The first log line with this message. */
async function lineOf(child: Child, message: string): Promise<Record<string, unknown>> {
  for (;;) {
    const lines = child.output.stderr.split("\n").slice(0, -1);
    const found = lines.map((line) => JSON.parse(line) as Record<string, unknown>).find((line) => line.msg === message);
    if (found) return found;
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`It ended without saying so: ${child.output.stderr}`);
    await once(child.stderr!, "data");
  }
}
