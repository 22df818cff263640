import { expect, test } from "@jest/globals";
import type { ArtifactStore } from "./artifact-store.ts";
import { storeSink } from "./store-sink.ts";

test("puts writes that nobody waits for in the order of the calls", async () => {
  const order: number[] = [];
  const sink = storeSink(() =>
    storeOf({
      append: async (bytes) => {
        await new Promise((resolve) => setTimeout(resolve, 5 - bytes.length));
        order.push(bytes.length);
      },
    }),
  );
  const writer = await sink.create("a", "x/y");
  const writes = [1, 2, 3].map((length) => writer.write(new Uint8Array(length)));
  expect(writer.position).toBe(6);
  await Promise.all(writes);
  expect(order).toEqual([1, 2, 3]);
});

test("lets nothing follow a write that failed", async () => {
  let calls = 0;
  const sink = storeSink(() =>
    storeOf({
      append: async () => {
        calls += 1;
        throw new Error("disk");
      },
    }),
  );
  const writer = await sink.create("a", "x/y");
  await expect(writer.write(new Uint8Array(1))).rejects.toThrow("disk");
  await expect(writer.write(new Uint8Array(1))).rejects.toThrow("disk");
  await expect(writer.close()).rejects.toThrow("disk");
  expect(calls).toBe(1);
  await expect(sink.prepare()).rejects.toThrow("ARTIFACT_UNFINISHED");
});

test("refuses to rewrite the head of an append-only artifact", async () => {
  const sink = storeSink(() => storeOf({}));
  const writer = await sink.create("a", "x/y", { appendOnly: true });
  await writer.write(new Uint8Array(8));
  await expect(writer.rewriteHead(new Uint8Array(4))).rejects.toThrow("ARTIFACT_APPEND_ONLY");
  await writer.close();
});

test("takes prepare, then commit, once", async () => {
  const calls: string[] = [];
  const sink = storeSink(() => storeOf({ calls }));
  await expect(sink.commit()).rejects.toThrow("SINK_STATE");
  await sink.prepare();
  await expect(sink.prepare()).rejects.toThrow("SINK_STATE");
  await Promise.all([sink.commit(), expect(sink.commit()).rejects.toThrow("SINK_STATE")]);
  await expect(sink.create("a", "x/y")).rejects.toThrow("SINK_STATE");
  expect(calls).toEqual(["prepare", "commit"]);
});

test("takes a late artifact, such as a receipt, when it is prepared once more", async () => {
  const calls: string[] = [];
  const sink = storeSink(() => storeOf({ calls }));
  await sink.prepare();
  const receipt = await sink.create("receipt.json", "application/json");
  await expect(sink.commit()).rejects.toThrow("SINK_STATE");
  await receipt.close();
  await sink.prepare();
  await sink.commit();
  expect(calls).toEqual(["prepare", "prepare", "commit"]);
});

test("interrupts what is under way at discard, and discards when it is over", async () => {
  const calls: string[] = [];
  const sink = storeSink((discarded) =>
    storeOf({
      calls,
      append: async () => {
        await new Promise((resolve) => discarded.addEventListener("abort", resolve));
        calls.push("append over");
      },
    }),
  );
  const writer = await sink.create("a", "x/y");
  const first = writer.write(new Uint8Array(1));
  const second = expect(writer.write(new Uint8Array(1))).rejects.toThrow("EXPORT_DISCARDED");
  await new Promise((resolve) => setImmediate(resolve));
  await Promise.all([sink.discard("cancelled"), sink.discard("twice")]);
  await first;
  await second;
  expect(calls).toEqual(["append over", "discard cancelled"]);
});

test("lets a commit under way through: discard then changes nothing", async () => {
  const calls: string[] = [];
  const sink = storeSink(() => storeOf({ calls }));
  await sink.prepare();
  const commit = sink.commit();
  await sink.discard("too late");
  await commit;
  expect(calls).toEqual(["prepare", "commit"]);
});

test("discards after a commit that failed", async () => {
  const calls: string[] = [];
  const sink = storeSink(() => ({ ...storeOf({ calls }), commit: () => Promise.reject(new Error("rename")) }));
  await sink.prepare();
  await expect(sink.commit()).rejects.toThrow("rename");
  await sink.discard("rename");
  expect(calls).toEqual(["prepare", "discard rename"]);
});

function storeOf({
  calls = [],
  append = async () => {},
}: {
  calls?: string[];
  append?: (bytes: Uint8Array) => Promise<void>;
}): ArtifactStore {
  return {
    open: async () => ({ append, replaceHead: async () => {}, finish: async () => {} }),
    prepare: async () => {
      calls.push("prepare");
      return [];
    },
    commit: async () => void calls.push("commit"),
    discard: async (reason) => void calls.push(`discard ${reason}`),
  };
}
