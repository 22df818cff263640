import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { ExportState } from "@sluice/proto";
import { ExportClient } from "@sluice/transport";
import { type Certificates, canMakeCertificates, makeCertificates } from "./testing/certificates.ts";
import { exportThrough, harness, inlineBranch, openOf, temporaryFolder } from "./testing/harness.ts";

const open = openOf([inlineBranch("a")]);

(canMakeCertificates() ? describe : describe.skip)("with certificates (needs the openssl command)", () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let made: Certificates;
  beforeAll(async () => {
    folder = await temporaryFolder();
    made = makeCertificates(folder.path);
  });
  afterAll(async () => folder[Symbol.asyncDispose]());

  const overTls = () => ({
    SLUICE_HOST: "localhost",
    SLUICE_TLS_CERTIFICATE_FILE: made.server.certificate,
    SLUICE_TLS_KEY_FILE: made.server.key,
    SLUICE_CLIENT_CA_FILE: made.ca,
  });

  test("an export over TLS", async () => {
    await using fake = await harness(overTls());
    expect((await exportThrough(fake.client, open)).summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
  });

  test("a client in plain text, or one that does not trust the authority, gets nothing", async () => {
    await using fake = await harness(overTls());
    const { address } = fake.service;
    for (const client of [new ExportClient({ address }), new ExportClient({ address, tls: {} })]) {
      await expect(client.listFormats()).rejects.toMatchObject({ problem: { grpcCode: 14 } });
      client.close();
    }
  });

  test("mutual TLS lets in those who show a certificate of the authority, and no others", async () => {
    const mutual = { ...overTls(), SLUICE_TLS_CLIENT_CA_FILE: made.ca };
    await using fake = await harness({
      ...mutual,
      SLUICE_CLIENT_CERTIFICATE_FILE: made.client.certificate,
      SLUICE_CLIENT_KEY_FILE: made.client.key,
    });
    expect((await exportThrough(fake.client, open)).summary?.state).toBe(ExportState.EXPORT_STATE_SUCCEEDED);
    await using other = await harness(mutual);
    await expect(other.client.listFormats()).rejects.toMatchObject({ problem: { grpcCode: 14 } });
  });

  test("a key of another certificate stops the start", async () => {
    await expect(harness({ ...overTls(), SLUICE_TLS_KEY_FILE: made.client.key })).rejects.toMatchObject({
      problem: { reason: "TLS_KEY_INVALID", field: "SLUICE_TLS_KEY_FILE", got: made.client.key },
    });
  });

  test("a file without a certificate stops the start", async () => {
    const empty = join(folder.path, "empty.pem");
    writeFileSync(empty, "");
    await expect(harness({ ...overTls(), SLUICE_TLS_CERTIFICATE_FILE: empty })).rejects.toMatchObject({
      problem: { reason: "TLS_CERTIFICATE_INVALID", field: "SLUICE_TLS_CERTIFICATE_FILE", got: empty },
    });
  });
});

test("a certificate file that is missing stops the start", async () => {
  const settings = { SLUICE_TLS_CERTIFICATE_FILE: "missing.pem", SLUICE_TLS_KEY_FILE: "missing.key" };
  await expect(harness(settings)).rejects.toMatchObject({
    problem: {
      reason: "FILE_UNREADABLE",
      message: "The file of a setting cannot be read. (ENOENT)",
      field: "SLUICE_TLS_CERTIFICATE_FILE",
      got: "missing.pem",
    },
  });
});
