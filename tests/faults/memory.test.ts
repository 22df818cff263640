import { afterEach, describe, expect, jest } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { obstacleUnlessRequired, testUnless } from "../harness/availability.ts";
import { eventually } from "../harness/eventually.ts";
import { peakMemoryBytes, procMissing } from "../harness/memory.ts";
import { startTypeScript } from "../harness/processes.ts";
import { type Service, startChain, startService } from "../harness/service.ts";
import { startSlowService, startSynthetic } from "../harness/synthetic.ts";
import { openValve } from "../harness/valve.ts";

jest.setTimeout(120_000);
const measured = testUnless(obstacleUnlessRequired("REQUIRE_FAULTS", procMissing()));
const kibibyte = 1024;
const mebibyte = 1024 * kibibyte;
const services: Service[] = [];

afterEach(async () => {
  await Promise.all(services.splice(0).map(({ process }) => process.stop()));
});

/** What each process may hold, whatever the length of the stream: the target for streams of the usual chunks. */
const usual = 200 * mebibyte;
/** Chunks of twice the usual size, the largest, and artifacts that come back on the same call, hold more under way. */
const more = 240 * mebibyte;

function expectAtMost(limitBytes: number, peaks: Readonly<Record<string, number>>): void {
  console.info(
    Object.entries(peaks)
      .map(([name, bytes]) => `${name} ${Math.round(bytes / mebibyte)} MiB`)
      .join(", "),
  );
  for (const [name, bytes] of Object.entries(peaks)) expect([name, bytes <= limitBytes]).toEqual([name, true]);
}

describe("memory stays flat", () => {
  const sizes = [
    { frameBytes: 64 * kibibyte, frames: 8192, delayMs: 0 },
    { frameBytes: mebibyte, frames: 512, delayMs: 10 },
    { frameBytes: 2 * mebibyte, frames: 256, delayMs: 20 },
  ];
  for (const { frameBytes, frames, delayMs } of sizes) {
    measured(`512 MiB in chunks of ${frameBytes / kibibyte} KiB through a gateway to a slow service`, async () => {
      const slow = await startSlowService();
      const gateway = await startService("gateway", { SLUICE_FORMATS: `slow=${slow.address}` });
      services.push(slow, gateway);
      const options = { delayMs, artifacts: 0 };
      const { outcome } = startSynthetic({ address: gateway.address, format: "slow", options, frames, frameBytes });
      const { state, reason, peakBytes } = await outcome;
      expect({ state, reason }).toEqual({ state: ExportState.EXPORT_STATE_SUCCEEDED, reason: "" });
      expectAtMost(frameBytes > mebibyte ? more : usual, {
        client: peakBytes,
        gateway: peakMemoryBytes(gateway.process.pid),
        service: peakMemoryBytes(slow.process.pid),
      });
    });
  }

  for (const compression of ["none", "deflate"]) {
    measured(`256 MiB through a gateway to OME-TIFF, ${compression}, and back`, async () => {
      const { gateway, omeTiff } = await startChain();
      services.push(gateway, omeTiff);
      const movie = { frames: 256, frameBytes: mebibyte };
      const { outcome } = startSynthetic({
        address: gateway.address,
        format: "ome-tiff",
        options: { compression },
        ...movie,
      });
      const { state, artifactBytes, peakBytes } = await outcome;
      expect(state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
      expect(artifactBytes).toBeGreaterThan(compression === "none" ? 256 * mebibyte : mebibyte);
      expectAtMost(more, {
        client: peakBytes,
        gateway: peakMemoryBytes(gateway.process.pid),
        service: peakMemoryBytes(omeTiff.process.pid),
      });
    });
  }

  for (const layout of ["samples-first", "channels-first"]) {
    measured(`spikes are searched in 1024 channels of raw traces, ${layout}`, async () => {
      const [channels, samples] = [1024, 40_000];
      const program = "tests/harness/programs/search-traces.ts";
      const { code, stdout, stderr } = await startTypeScript(program, [layout, `${channels}`, `${samples}`], {}).ended;
      expect({ code, stderr }).toMatchObject({ code: 0 });
      const { rawBytes, events, peakBytes } = JSON.parse(stdout) as Record<"rawBytes" | "events" | "peakBytes", number>;
      expect(rawBytes).toBe(2 * channels * samples);
      expect(events).toBeGreaterThan(0);
      expectAtMost(usual, { process: peakBytes });
    });
  }

  measured("a client that takes no answers stops the stream, and nothing piles up; then it goes on", async () => {
    const { gateway, omeTiff } = await startChain();
    services.push(gateway, omeTiff);
    await using valve = await openValve(gateway.address);
    const movie = { frames: 512, frameBytes: mebibyte };
    const options = { compression: "none" };
    const sender = startSynthetic({ address: valve.address, format: "ome-tiff", options, ...movie });
    await eventually("the stream flows", () => valve.passed > 4 * mebibyte);
    valve.holdAnswers();
    const standing = await standstill(() => valve.passed);
    expect(standing).toBeLessThan(256 * mebibyte);
    expect(sender.process.over).toBe(false);
    valve.open();
    const { state, artifactBytes, peakBytes } = await sender.outcome;
    expect(state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    expect(artifactBytes).toBeGreaterThan(512 * mebibyte);
    expectAtMost(more, {
      client: peakBytes,
      gateway: peakMemoryBytes(gateway.process.pid),
      service: peakMemoryBytes(omeTiff.process.pid),
    });
  });
});

/** The count once it has not changed in a hundred looks. */
async function standstill(count: () => number): Promise<number> {
  let last = -1;
  let looks = 0;
  return await eventually("the stream stands still", () => {
    looks = count() === last ? looks + 1 : 0;
    last = count();
    return looks === 100 ? last : undefined;
  });
}
