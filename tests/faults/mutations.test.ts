import { join } from "node:path";
import { afterAll, expect, jest, test } from "@jest/globals";
import { Code, imageOf } from "@sluice/core";
import { omeTiffLoader } from "@sluice/ome-tiff";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { eventually } from "../harness/eventually.ts";
import { filesOf } from "../harness/folder.ts";
import { peakMemoryBytes, procMissing } from "../harness/memory.ts";
import { movie, movieBytes } from "../harness/movies.ts";
import { mutate, type ValidCall } from "../harness/mutations/call.ts";
import { randomNumbers } from "../harness/pixels.ts";
import {
  type Answer,
  encodeCall,
  framesOf,
  inline,
  intoDirectory,
  openFor,
  sendMessages,
} from "../harness/raw-call.ts";
import { useScratch } from "../harness/scratch.ts";
import { type Service, startChain } from "../harness/service.ts";
import { arraysOf } from "../harness/stream-values.ts";

jest.setTimeout(240_000);
const scratch = useScratch();
const root = scratch.fresh("root");
const size = { frames: 4, height: 6, width: 7 };
const clients: ExportClient[] = [];
const atOnce = 16;

afterAll(() => {
  for (const client of clients) client.close();
});

/** One branch into the directory, one inline; a new name for each call, so that every file can be told. */
async function validCall(name: string, unknownLength: boolean): Promise<ValidCall> {
  const open = openFor({ kept: { delivery: intoDirectory(name) }, sent: { delivery: inline(name) } });
  return { open, frames: await framesOf(movie({ ...size, unknownLength })) };
}

test("10,000 mutations of valid calls: every one is answered with a success that holds, or with a reason", async () => {
  const { omeTiff, gateway } = await startChain({ SLUICE_OUTPUT_ROOT: root, SLUICE_LIMIT_CALLS: "64" });
  const direct = { service: omeTiff, count: 8_000, client: new ExportClient({ address: omeTiff.address }) };
  const relayed = { service: gateway, count: 2_000, client: new ExportClient({ address: gateway.address }) };
  clients.push(direct.client, relayed.client);

  const told = new Map<string, number>();
  for (const [number, { client, count }] of [direct, relayed].entries()) {
    let next = 0;
    const work = async () => {
      while (next < count) {
        const name = `call-${number}-${next}`;
        const random = randomNumbers(1_000_000 * number + next);
        next += 1;
        const { messages, done } = mutate(await validCall(name, random() < 0.5), random);
        const deadline = new Date(Date.now() + 60_000);
        const answer = await sendMessages(client, messages, { deadline });
        const outcome = judge(answer, `${name}: ${done}`);
        told.set(outcome, (told.get(outcome) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  }
  console.info(
    [...told]
      .toSorted(([, one], [, other]) => other - one)
      .map(([reason, count]) => `${count} ${reason}`)
      .join("\n"),
  );
  expect([...told.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
  for (const { service } of [direct, relayed]) expect(unexpected(service)).toEqual([]);
  expect([...told.keys()].filter((reason) => reason.startsWith("!"))).toEqual([]);
  // The mutations reach far: more than thirty different reasons.
  expect(told.size).toBeGreaterThan(30);

  await eventually("no unfinished file is left", () => filesOf(root).every((name) => name.endsWith(".ome.tif")));
  for (const name of filesOf(root)) await expectWhole(join(root, name));
  for (const { client, service } of [direct, relayed]) await expectHealthy(client, service);
});

/** What became of a call; with a "!" in front when it must not happen. */
function judge({ problem, detailed, summary, reports, artifacts }: Answer, what: string): string {
  if (problem) {
    const reasonable = /^[A-Z][A-Z0-9_]+$/.test(problem.reason) && problem.message !== "" && detailed;
    const bad = !reasonable || problem.grpcCode === Code.INTERNAL || problem.grpcCode === Code.DEADLINE_EXCEEDED;
    return bad ? `! ${problem.reason} ${problem.message} ${problem.got} (${what})` : problem.reason;
  }
  if (!summary) return `! neither a status nor a summary (${what})`;
  const errors = summary.branches.flatMap((branch) => (branch.error ? [branch.error] : []));
  const internal = errors.find((error) => error.grpcCode === Code.INTERNAL || error.reason === "");
  if (internal) return `! ${internal.reason} ${internal.message} (${what})`;
  const failed = reports.filter(({ state }) => state !== ExportState.EXPORT_STATE_SUCCEEDED);
  const kept = [...artifacts.keys()].find((path) => failed.some(({ branchId }) => path.startsWith(`${branchId}/`)));
  if (kept !== undefined) return `! ${kept} of a failed branch (${what})`;
  return errors.length === 0 ? "success" : errors.map((error) => error.reason).join(" + ");
}

/** What the service logged with a stack: errors that it did not expect. */
function unexpected({ process }: Service): string[] {
  return process.stderr.split("\n").filter((line) => line.includes('"stack"'));
}

/** A file that became visible can be read to its end. */
async function expectWhole(path: string): Promise<void> {
  const stream = await omeTiffLoader.load(path, {});
  const values = await arraysOf(stream);
  expect(values.get(imageOf(stream.header)?.array.name ?? "")?.length).toBeGreaterThan(0);
}

async function expectHealthy(client: ExportClient, { process }: Service): Promise<void> {
  expect(process.over).toBe(false);
  const answer = await sendMessages(
    client,
    await encodeCall(openFor({ tiff: { options: { compression: "none" } } }), movie(size)),
  );
  expect(answer.summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  const bytes = movieBytes(size);
  expect(answer.artifacts.get("tiff/tiff.ome.tif")?.subarray(16, 16 + bytes.length)).toEqual(Buffer.from(bytes));
  testMemory(process.pid);
}

function testMemory(pid: number): void {
  if (procMissing() === undefined) expect(peakMemoryBytes(pid)).toBeLessThan(400 * 1024 * 1024);
}
