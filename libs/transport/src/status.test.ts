import * as grpc from "@grpc/grpc-js";
import { expect, test } from "@jest/globals";
import { problem, SluiceError } from "@sluice/core";
import fc from "fast-check";
import { ExportClient } from "./client.ts";
import { problemOf, statusOf } from "./status.ts";
import { loopback, outcomeOf } from "./testing/loopback.ts";

const whole = problem({
  reason: "CHUNK_OUT_OF_RANGE",
  message: "Un bloc dépasse: 50 % → trop.",
  field: "arrays.image",
  got: "[3, 0]",
  allowed: ["[0..2, 0..9]"],
  remedy: "Correct the offset.",
  branchId: "tiff",
  grpcCode: 11,
  sequence: 7,
  retryable: true,
});

test("a problem comes out of a call as it went in", async () => {
  await using link = await loopback(async () => {
    throw new SluiceError(whole);
  });
  const call = link.client.export();
  expect((await outcomeOf(call)).problem).toEqual(whole);
});

test("unary calls carry it too, as a SluiceError", async () => {
  const unused = async () => undefined;
  await using link = await loopback(unused, {
    listFormats: async () => {
      throw new SluiceError(whole);
    },
  });
  const { client } = link;
  const error = await client.listFormats().catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SluiceError);
  expect((error as SluiceError).problem).toEqual(whole);
  const unknown = await client.validate({ open: undefined, header: [] }).catch((reason: unknown) => reason);
  expect((unknown as SluiceError).problem).toMatchObject({ reason: "SERVICE_UNKNOWN", grpcCode: 12 });
});

test("any problem fits into trailers of 8 KiB, well-formed, with its reason", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3_000 }),
    fc.constantFrom("\ud800", "😀".repeat(2_000), "%".repeat(5_000), "\n\0".repeat(2_000)),
  );
  fc.assert(
    fc.property(text, text, fc.array(text, { maxLength: 40 }), (message, got, allowed) => {
      const { code, details, metadata } = statusOf(
        problem({ ...whole, message, got, field: got, remedy: message, allowed }),
      );
      const packed = metadata.get("grpc-status-details-bin")[0] as Buffer;
      const bytes = Math.ceil(packed.length / 3) * 4 + encodeURI(details).length;
      expect(bytes).toBeLessThan(7_900);
      expect(code).toBe(11);
      expect(problemOf(statusOf(whole))).toEqual(whole);
      expect(details.startsWith("CHUNK_OUT_OF_RANGE: ")).toBe(true);
    }),
  );
});

test("an internal error tells nothing of the machine it happened on", () => {
  const status = statusOf(problem({ reason: "INTERNAL", message: "ENOENT: open '/home/lab/x.tif'", grpcCode: 13 }));
  expect(status.details).toBe("INTERNAL: The service failed.");
  expect(JSON.stringify(problemOf(status))).not.toContain("lab");
});

test("a service that cannot be reached is unavailable, and worth another try", async () => {
  const client = new ExportClient({ address: "127.0.0.1:1" });
  const error = await client.listFormats().catch((reason: unknown) => reason);
  expect((error as SluiceError).problem).toMatchObject({
    reason: "SERVICE_UNAVAILABLE",
    grpcCode: 14,
    retryable: true,
    got: "UNAVAILABLE: Error: connect ECONNREFUSED 127.0.0.1:1",
    remedy: expect.stringContaining("address"),
  });
  client.close();
});

test("paths of sockets stay at home", async () => {
  const client = new ExportClient({ address: "unix:/nowhere/sluice.sock" });
  const { problem: found } = await outcomeOf(client.export());
  expect(found).toMatchObject({ reason: "SERVICE_UNAVAILABLE", got: expect.stringContaining("ENOENT") });
  expect(JSON.stringify(found)).not.toContain("nowhere");
  client.close();
});

test("statuses without readable details are told by their code", () => {
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from([0xff, 0xff]));
  for (const [code, reason] of [
    [1, "CANCELLED"],
    [2, "SERVICE_FAILED"],
    [4, "DEADLINE_EXCEEDED"],
    [7, "PERMISSION_DENIED"],
    [8, "RESOURCE_EXHAUSTED"],
    [13, "SERVICE_FAILED"],
    [14, "SERVICE_UNAVAILABLE"],
    [16, "UNAUTHENTICATED"],
  ] as const) {
    const error = Object.assign(new Error("x"), { code, details: "from a proxy", metadata });
    expect(problemOf(error)).toMatchObject({ reason, grpcCode: code, got: expect.stringContaining("from a proxy") });
  }
});

test("errors that are no statuses are what core makes of them", () => {
  expect(problemOf(new SluiceError(whole))).toBe(whole);
  expect(problemOf(new Error("disk"))).toMatchObject({ reason: "INTERNAL", message: "disk" });
});
