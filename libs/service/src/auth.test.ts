import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { credentials, Metadata, makeClientConstructor } from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { service as healthService } from "grpc-health-check";
import { exportThrough, harness, inlineBranch, openOf, temporaryFolder } from "./testing/harness.ts";

const open = openOf([inlineBranch("a")]);

test.each([
  ["no token", undefined, "TOKEN_MISSING"],
  ["a wrong token", "three", "TOKEN_UNKNOWN"],
  ["a part of a token", "tw", "TOKEN_UNKNOWN"],
])("%s is refused on every method, and the log does not hold it", async (_, token, reason) => {
  await using fake = await harness({ SLUICE_TOKENS: "one,two" });
  const client = new ExportClient({ address: fake.service.address, token });
  const { problem, events } = await exportThrough(client, open);
  expect(problem).toMatchObject({ reason, grpcCode: 16 });
  expect(events).toEqual([]);
  await expect(client.listFormats()).rejects.toThrow(reason);
  client.close();
  expect(fake.lines).toMatchObject([
    { msg: "call refused", code: "UNAUTHENTICATED", method: "/sluice.export.v1.ExportService/Export" },
    { msg: "call refused", code: "UNAUTHENTICATED", method: "/sluice.export.v1.ExportService/ListFormats" },
  ]);
  expect(JSON.stringify(fake.lines)).not.toContain("three");
});

test.each(["one", "two"])("each of the tokens is welcome: %s", async (token) => {
  await using fake = await harness({ SLUICE_TOKENS: "one,two", SLUICE_CLIENT_TOKEN: token });
  const { summary } = await exportThrough(fake.client, open);
  expect(summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
});

test("tokens are read from files", async () => {
  await using folder = await temporaryFolder();
  const tokens = join(folder.path, "tokens");
  const token = join(folder.path, "token");
  writeFileSync(tokens, "one\n\n two \n");
  writeFileSync(token, "two\n");
  await using fake = await harness({ SLUICE_TOKENS_FILE: tokens, SLUICE_CLIENT_TOKEN_FILE: token });
  expect((await fake.client.listFormats()).formats).toHaveLength(1);
});

test("a token file that is missing or holds no tokens stops the start", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "tokens");
  await expect(harness({ SLUICE_TOKENS_FILE: path })).rejects.toMatchObject({
    problem: { reason: "FILE_UNREADABLE", field: "SLUICE_TOKENS_FILE", got: path },
  });
  writeFileSync(path, "\n");
  await expect(harness({ SLUICE_TOKENS_FILE: path })).rejects.toMatchObject({ problem: { reason: "TOKEN_INVALID" } });
});

test("health checks need no token, reflection does", async () => {
  await using fake = await harness({ SLUICE_TOKENS: "one" });
  const health = new (makeClientConstructor(healthService, "Health"))(
    fake.service.address,
    credentials.createInsecure(),
  );
  const status = await new Promise((resolve, reject) =>
    health.Check!({ service: "" }, new Metadata(), (error: Error | null, answer: { status: string }) =>
      error ? reject(error) : resolve(answer.status),
    ),
  );
  expect(status).toBe("SERVING");
  const code = await new Promise((resolve) => {
    const raw = (bytes: Buffer) => bytes;
    const path = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    const call = health.makeBidiStreamRequest(path, raw, raw);
    call.on("error", (error: { code: number }) => resolve(error.code));
    call.resume();
  });
  expect(code).toBe(16);
  health.close();
});
