import { expect, test } from "@jest/globals";
import { crc32c } from "@node-rs/crc32";
import type { Artifact } from "@sluice/proto";
import fc from "fast-check";
import { type ArtifactEvent, inlineSink } from "./inline-sink.ts";
import { receiveArtifacts } from "./receive-artifacts.ts";
import { memorySink } from "./testing/memory-sink.ts";

test("what an inline sink sends arrives as it was written, several artifacts interleaved", async () => {
  const length = fc.oneof({ weight: 3, arbitrary: fc.nat(3_000) }, fc.nat(2_500_000));
  const writes = fc.array(fc.tuple(fc.nat(2), length), { maxLength: 10 });
  const heads = fc.array(fc.nat(65_536), { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(writes, heads, async (steps, headBytes) => {
      const arrived = memorySink();
      const receiver = receiveArtifacts(arrived);
      const sink = inlineSink((event) => receiver.receive(structuredClone(event)), { sha256: true });
      const model = [0, 1, 2].map(() => [] as Buffer[]);
      const writers = await Promise.all(
        model.map((_, index) => sink.create(`${index}`, "x/y", { appendOnly: index === 2 })),
      );
      for (const [step, [index, bytes]] of steps.entries()) {
        await writers[index]!.write(new Uint8Array(bytes).fill(step + 1));
        model[index]!.push(Buffer.alloc(bytes, step + 1));
      }
      for (const [index, writer] of writers.entries()) {
        const whole = Buffer.concat(model[index]!);
        if (index < 2) {
          const head = new Uint8Array(Math.min(headBytes[index]!, whole.length)).fill(0xee);
          whole.set(head);
          await writer.rewriteHead(head);
        }
        await writer.close({ formatVersion: `${index}` });
        expect(whole.equals(arrived.files.get(`${index}`)!)).toBe(true);
      }
      receiver.end();
      const sent = await sink.prepare();
      expect(sent.map(({ sha256 }) => sha256.length > 0)[2]).toBe(true);
      for (const [index, received] of (await arrived.prepare()).entries()) {
        const { sha256, ...rest } = sent[index]!;
        expect({ ...rest, uri: `memory:${index}` }).toEqual({ ...received, sha256: undefined });
        if (sha256.length > 0) expect(sha256).toEqual(received.sha256);
      }
    }),
    { numRuns: 25 },
  );
});

test("refuses bytes whose checksum is wrong", async () => {
  const { receive, chunk } = await opened();
  const damaged = { ...chunk(0, "abc"), crc32c: crc32c(Buffer.from("abd")) };
  await expect(receive({ $case: "artifactChunk", value: damaged })).rejects.toThrow(
    "ARTIFACT_CHECKSUM_WRONG (artifacts.a)",
  );
});

test("takes bytes without a checksum", async () => {
  const { receive, chunk, sink } = await opened();
  await receive({ $case: "artifactChunk", value: { ...chunk(0, "abc"), crc32c: undefined } });
  await receive(endOf(1, 3));
  expect(sink.files.get("a")).toEqual(new Uint8Array(Buffer.from("abc")));
});

test.each([
  ["a hole", [0, "abc", 4, "d"]],
  ["a step back", [0, "abc", 2, "d"]],
  ["a head longer than what was written", [0, "ab", 0, "abc"]],
  ["a second head", [0, "abc", 0, "x", 0, "y"]],
  ["bytes after the head", [0, "abc", 0, "x", 3, "d"]],
] as const)("refuses %s", async (_, steps) => {
  const { receive, chunk } = await opened();
  const chunks: ArtifactEvent[] = [];
  for (let index = 0; index < steps.length; index += 2) {
    const value = chunk(steps[index] as number, steps[index + 1] as string);
    chunks.push({ $case: "artifactChunk", value });
  }
  const last = chunks.pop() as ArtifactEvent;
  for (const event of chunks) await receive(event);
  await expect(receive(last)).rejects.toThrow("ARTIFACT_OFFSET_WRONG (artifacts.a)");
});

test("refuses a new head for an artifact that was announced as append-only", async () => {
  const { receive, chunk } = await opened(true);
  await receive({ $case: "artifactChunk", value: chunk(0, "abc") });
  await expect(receive({ $case: "artifactChunk", value: chunk(0, "x") })).rejects.toThrow("ARTIFACT_OFFSET_WRONG");
});

test("refuses handles that are unknown, zero, taken or done with", async () => {
  const { receive, begin, chunk } = await opened();
  const wrong = "ARTIFACT_HANDLE_INVALID (artifact_id)";
  await expect(receive({ $case: "artifactChunk", value: { ...chunk(0, "a"), artifactId: 2 } })).rejects.toThrow(wrong);
  await expect(receive(begin(0, "b"))).rejects.toThrow(wrong);
  await expect(receive(begin(1, "b"))).rejects.toThrow(wrong);
  await receive(endOf(1, 0));
  await expect(receive({ $case: "artifactChunk", value: chunk(0, "a") })).rejects.toThrow(wrong);
  await expect(receive(endOf(1, 0))).rejects.toThrow(wrong);
  await expect(receive(begin(1, "b"))).rejects.toThrow(wrong);
});

test("refuses an end with another size or no descriptor", async () => {
  const { receive, chunk } = await opened();
  await receive({ $case: "artifactChunk", value: chunk(0, "abc") });
  await expect(receive(endOf(1, 4))).rejects.toThrow("ARTIFACT_SIZE_WRONG (artifacts.a)");
  const bare: ArtifactEvent = { $case: "artifactEnd", value: { artifactId: 1, artifact: undefined } };
  await expect(receive(bare)).rejects.toThrow("ARTIFACT_SIZE_WRONG");
});

test("refuses paths that lead elsewhere", async () => {
  const { receive, begin } = await opened();
  await expect(receive(begin(2, "../b"))).rejects.toThrow("ARTIFACT_PATH_INVALID");
  await expect(receive(begin(3, "A"))).rejects.toThrow("ARTIFACT_PATH_TAKEN");
});

test("finds artifacts that were cut", async () => {
  const { receiver, receive } = await opened();
  expect(() => receiver.end()).toThrow("ARTIFACT_CUT (artifacts.a)");
  await receive(endOf(1, 0));
  expect(() => receiver.end()).not.toThrow();
});

/** A receiver with one open artifact, "a", handle 1. */
async function opened(appendOnly = false) {
  const sink = memorySink();
  const receiver = receiveArtifacts(sink);
  const receive = (event: ArtifactEvent) => receiver.receive(event);
  const begin = (artifactId: number, path: string): ArtifactEvent => ({
    $case: "artifactBegin",
    value: { artifactId, path, mediaType: "x/y", appendOnly },
  });
  const chunk = (offset: number, text: string) => {
    const data = Buffer.from(text);
    return { artifactId: 1, offset, crc32c: crc32c(data), data };
  };
  await receive(begin(1, "a"));
  return { sink, receiver, receive, begin, chunk };
}

function endOf(artifactId: number, size: number): ArtifactEvent {
  const artifact: Artifact = {
    path: "a",
    uri: "inline:a",
    size,
    sha256: new Uint8Array(0),
    mediaType: "x/y",
    formatVersion: "",
    encoding: undefined,
  };
  return { $case: "artifactEnd", value: { artifactId, artifact } };
}
