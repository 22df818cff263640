import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@jest/globals";
import type { ArtifactSink } from "@sluice/core";
import { type DirectorySinkOptions, openDirectorySink } from "./directory-sink.ts";
import { inTemporaryFolder, listing } from "./testing/temporary-folder.ts";

const mebibyte = 1024 * 1024;

test("shows nothing but hidden parts until commit, then all artifacts, described", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, { directory: "day/1" });
    const stack = await sink.create("stack.tif", "image/tiff");
    const times = await sink.create("phy/times.npy", "application/octet-stream", { appendOnly: true });
    await stack.write(new Uint8Array(3 * mebibyte).fill(1));
    await times.write(Buffer.from("abc"));
    await stack.rewriteHead(Buffer.from("II*"));
    const encoding = { codec: "none", reason: "asked for", rawBytes: 1, storedBytes: 1 };
    await stack.close({ formatVersion: "TIFF 6.0", encoding });
    await times.close();
    expect(await visible(root)).toEqual(["day/", "day/1/", "day/1/phy/"]);

    const bytes = Buffer.alloc(3 * mebibyte, 1);
    bytes.write("II*");
    expect(await sink.prepare()).toEqual([
      {
        path: "stack.tif",
        uri: pathToFileURL(join(root, "day/1/stack.tif")).href,
        size: bytes.length,
        sha256: sha256(bytes),
        mediaType: "image/tiff",
        formatVersion: "TIFF 6.0",
        encoding,
      },
      {
        path: "phy/times.npy",
        uri: pathToFileURL(join(root, "day/1/phy/times.npy")).href,
        size: 3,
        sha256: sha256(Buffer.from("abc")),
        mediaType: "application/octet-stream",
        formatVersion: "",
        encoding: undefined,
      },
    ]);
    expect(await visible(root)).toEqual(["day/", "day/1/", "day/1/phy/"]);
    await sink.commit();
    await sink.discard("too late");
    expect(await listing(root)).toEqual(["day/", "day/1/", "day/1/phy/", "day/1/phy/times.npy", "day/1/stack.tif"]);
    expect(bytes.equals(await readFile(join(root, "day/1/stack.tif")))).toBe(true);
  });
});

test("a checkpoint is in the part at once, as often as wanted, and the digest is that of the end", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, {});
    const writer = await sink.create("a.h5", "application/x-hdf5");
    const appendOnly = await sink.create("b", "text/plain", { appendOnly: true });
    const part = async () => {
      const name = (await listing(root)).find((entry) => entry.startsWith(".a.h5."));
      return (await readFile(join(root, name as string))).toString();
    };
    await writer.write(Buffer.from("....one"));
    await writer.checkpoint?.(Buffer.from("head"));
    expect(await part()).toBe("headone");
    await writer.write(Buffer.from(" two"));
    await writer.checkpoint?.(Buffer.from("HEAD"));
    await writer.write(Buffer.from(" three"));
    expect(await part()).toBe("HEADone two");
    await expect(writer.checkpoint?.(new Uint8Array(100))).rejects.toThrow("ARTIFACT_HEAD_TOO_LONG");
    await expect(appendOnly.checkpoint?.(new Uint8Array(0))).rejects.toThrow("ARTIFACT_APPEND_ONLY");
    await appendOnly.close();
    await writer.rewriteHead(Buffer.from("last"));
    await expect(writer.checkpoint?.(Buffer.from("none"))).rejects.toThrow("ARTIFACT_STATE");
    await writer.close();
    expect((await sink.prepare())[0]?.sha256).toEqual(sha256(Buffer.from("lastone two three")));
    await sink.commit();
    expect((await readFile(join(root, "a.h5"))).toString()).toBe("lastone two three");
  });
});

test("leaves no digest when none is asked for", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, { sha256: false });
    await put(sink, "a", "abc");
    expect((await sink.prepare())[0]?.sha256).toEqual(new Uint8Array(0));
    await sink.discard("");
  });
});

test.each(["open", "written", "closed", "prepared"])("leaves nothing when discarded while %s", async (moment) => {
  await inTemporaryFolder(async (root) => {
    await mkdir(join(root, "old"));
    const sink = await openIn(root, { directory: "new" });
    const writer = await sink.create("deep/a", "x/y");
    if (moment !== "open") await writer.write(new Uint8Array(3 * mebibyte));
    if (moment === "closed" || moment === "prepared") await writer.close();
    if (moment === "prepared") await sink.prepare();
    await sink.discard("cancelled");
    await sink.discard("again");
    expect(await listing(root)).toEqual(["old/"]);
    await expect(writer.write(new Uint8Array(1))).rejects.toThrow("EXPORT_DISCARDED");
    await expect(sink.commit()).rejects.toThrow("EXPORT_DISCARDED");
  });
});

test("leaves nothing when discarded in the middle of calls that nobody waits for", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, {});
    const writer = await sink.create("a", "x/y");
    const calls = [
      writer.write(new Uint8Array(8 * mebibyte)),
      writer.write(new Uint8Array(8 * mebibyte)),
      writer.close(),
      sink.create("sub/b", "x/y"),
    ];
    const settled = Promise.allSettled(calls);
    await sink.discard("cancelled");
    await settled;
    expect(await listing(root)).toEqual([]);
  });
});

test("discards after a create that failed", async () => {
  await inTemporaryFolder(async (root) => {
    await writeFile(join(root, "taken"), "old");
    const sink = await openIn(root, {});
    await put(sink, "sub/a", "a");
    await expect(sink.create("taken", "x/y")).rejects.toThrow("TARGET_EXISTS (artifacts.taken)");
    await expect(sink.create("x".repeat(256), "x/y")).rejects.toThrow("ARTIFACT_PATH_INVALID");
    await sink.discard("taken");
    expect(await listing(root)).toEqual(["taken"]);
  });
});

test("keeps an existing file until commit, and replaces it only when asked to", async () => {
  await inTemporaryFolder(async (root) => {
    const file = join(root, "a");
    await writeFile(file, "old");
    const sink = await openIn(root, { overwrite: true });
    await put(sink, "a", "new");
    await sink.prepare();
    expect(await readFile(file, "utf8")).toBe("old");
    await sink.commit();
    expect(await readFile(file, "utf8")).toBe("new");
    expect(await listing(root)).toEqual(["a"]);
  });
});

test("refuses names that are a folder's, a link's or a write-protected file's, overwriting or not", async () => {
  await inTemporaryFolder(async (root) => {
    await mkdir(join(root, "folder"));
    await writeFile(join(root, "protected"), "");
    await chmod(join(root, "protected"), 0o444);
    await symlink("protected", join(root, "link"));
    const sink = await openIn(root, { overwrite: true });
    await expect(sink.create("folder", "x/y")).rejects.toThrow("TARGET_NOT_A_FILE");
    await expect(sink.create("link", "x/y")).rejects.toThrow("TARGET_NOT_A_FILE");
    await expect(sink.create("protected", "x/y")).rejects.toThrow("TARGET_PROTECTED");
    await sink.discard("");
    expect(await listing(root)).toEqual(["folder/", "link", "protected"]);
  });
});

test("all or nothing: a name taken since the beginning fails the whole commit", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, { overwrite: true });
    await writeFile(join(root, "a"), "old");
    await put(sink, "a", "new");
    await put(sink, "b", "new");
    await sink.prepare();
    await mkdir(join(root, "b"));
    await expect(sink.commit()).rejects.toThrow("TARGET_NOT_A_FILE (artifacts.b)");
    await sink.discard("failed");
    expect(await listing(root)).toEqual(["a", "b/"]);
    expect(await readFile(join(root, "a"), "utf8")).toBe("old");
  });
});

test("writes nothing through a folder that became a link out of the root", async () => {
  await inTemporaryFolder(async (place) => {
    const root = join(place, "root");
    await mkdir(root);
    await mkdir(join(place, "outside"));
    const sink = await openIn(root, {});
    await put(sink, "sub/a", "a");
    await sink.prepare();
    await rename(join(root, "sub"), join(root, "moved"));
    await symlink(join(place, "outside"), join(root, "sub"));
    await expect(sink.commit()).rejects.toThrow("FOLDER_OUTSIDE_ROOT");
    await sink.discard("moved");
    expect(await listing(join(place, "outside"))).toEqual([]);
  });
});

test("exports into one folder at the same time do not disturb each other", async () => {
  await inTemporaryFolder(async (root) => {
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const sink = await openIn(root, { directory: "shared", overwrite: true });
        await put(sink, `phy/${index}`, `${index}`);
        await put(sink, "phy/common", `${index}`);
        if (index % 2 === 0) return sink.discard("even");
        await sink.prepare();
        return sink.commit();
      }),
    );
    const odd = Array.from({ length: 10 }, (_, index) => `shared/phy/${2 * index + 1}`);
    const folders = ["shared/", "shared/phy/"];
    expect(await listing(root)).toEqual([...folders, ...odd, "shared/phy/common"].toSorted());
    expect(Number(await readFile(join(root, "shared/phy/common"), "utf8")) % 2).toBe(1);
  });
});

test("of two exports that want one name without overwriting, one wins and the other leaves nothing", async () => {
  await inTemporaryFolder(async (root) => {
    const outcomes = await Promise.all(
      ["one", "two"].map(async (name) => {
        const sink = await openIn(root, {});
        await put(sink, "a", name);
        await put(sink, name, name);
        await sink.prepare();
        try {
          await sink.commit();
          return name;
        } catch (error) {
          expect(String(error)).toContain("TARGET_EXISTS (artifacts.a)");
          await sink.discard("lost");
          return undefined;
        }
      }),
    );
    const winner = outcomes.find((name) => name !== undefined) as string;
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await listing(root)).toEqual(["a", winner].toSorted());
    expect(await readFile(join(root, "a"), "utf8")).toBe(winner);
  });
});

test("a part that a killed process left is in nobody's way", async () => {
  await inTemporaryFolder(async (root) => {
    await writeFile(join(root, ".a.0123456789abcdef.part"), "half");
    const sink = await openIn(root, {});
    await put(sink, "a", "whole");
    await sink.prepare();
    await sink.commit();
    expect(await visible(root)).toEqual(["a"]);
    expect(await readFile(join(root, "a"), "utf8")).toBe("whole");
  });
});

test("a long name gets a part with a name that is not longer", async () => {
  await inTemporaryFolder(async (root) => {
    const name = "ä".repeat(127);
    const sink = await openIn(root, {});
    await put(sink, name, "a");
    await sink.prepare();
    await sink.commit();
    expect(await listing(root)).toEqual([name]);
  });
});

test("writes hundreds of files with few of them open", async () => {
  await inTemporaryFolder(async (root) => {
    const sink = await openIn(root, {});
    for (let index = 0; index < 200; index += 1) await put(sink, `z/${index % 4}/${index}`, `${index}`);
    const artifacts = await sink.prepare();
    expect(artifacts[123]).toMatchObject({ path: "z/3/123", sha256: sha256(Buffer.from("123")) });
    await sink.commit();
    expect((await visible(root)).filter((name) => !name.endsWith("/"))).toHaveLength(200);
  });
});

test("an output folder that vanishes is named, and discarding what is left works", async () => {
  await inTemporaryFolder(async (place) => {
    const root = join(place, "root");
    await mkdir(root);
    const sink = await openIn(root, {});
    await put(sink, "a", "a");
    await sink.prepare();
    await rm(root, { recursive: true });
    await expect(sink.commit()).rejects.toThrow("FOLDER_MISSING (root)");
    await sink.discard("gone");
  });
});

function openIn(root: string, options: Partial<DirectorySinkOptions>): Promise<ArtifactSink> {
  return openDirectorySink({ root, directory: "", overwrite: false, sha256: true, ...options });
}

async function put(sink: ArtifactSink, path: string, text: string): Promise<void> {
  const writer = await sink.create(path, "text/plain");
  await writer.write(Buffer.from(text));
  await writer.close();
}

async function visible(folder: string): Promise<string[]> {
  return (await listing(folder)).filter((path) => !/(^|\/)\.[^/]*\.part$/.test(path));
}

function sha256(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(createHash("sha256").update(bytes).digest());
}
