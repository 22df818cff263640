import { readFileSync } from "node:fs";
import * as promises from "node:fs/promises";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "@jest/globals";
import { type Placement, type PlacementFiles, placeTogether } from "./placement.ts";
import { inTemporaryFolder, listing } from "./testing/temporary-folder.ts";

const names = ["a", "b", "c"];

test("gives all parts their names and leaves nothing else", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, { existing: ["b"] });
    await placeTogether(placements, [folder], true, promises);
    expect(await listing(folder)).toEqual(names);
    for (const name of names) expect(await readFile(join(folder, name), "utf8")).toBe(`new ${name}`);
  });
});

test("keeps the permissions of a file that it replaces", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, { existing: ["b"] });
    await chmod(join(folder, "b"), 0o640);
    await placeTogether(placements, [folder], true, promises);
    expect((await stat(join(folder, "b"))).mode & 0o777).toBe(0o640);
  });
});

// Each call of the file system fails in turn: everything is as it was before, and was there at every moment.
for (const hardLinks of [true, false]) {
  test(`a failure of any call leaves the old files, ${hardLinks ? "with" : "without"} hard links`, async () => {
    for (let failing = 0; ; failing += 1) {
      const complete = await placeWithFault(failing, hardLinks);
      if (!complete) continue;
      expect(failing).toBeGreaterThan(15);
      return;
    }
  });
}

async function placeWithFault(failing: number, hardLinks: boolean): Promise<boolean> {
  let complete = false;
  await inTemporaryFolder(async (folder) => {
    const existing = ["a", "c"];
    const placements = await parts(folder, { existing });
    const watch = () => {
      for (const name of existing) {
        expect(["old", "new"].map((age) => `${age} ${name}`)).toContain(readFileSync(join(folder, name), "utf8"));
      }
    };
    const files = faulty({ failing, hardLinks, watch });
    const placing = placeTogether(placements, [folder], true, files.calls);
    const error = await placing.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    const states = await Promise.all(names.map((name) => readFile(join(folder, name), "utf8").catch(() => "none")));
    const all = names.map((name) => `new ${name}`);
    if (error === undefined) {
      expect(states).toEqual(all);
      complete = !files.failed();
    } else {
      expect(String(error)).toContain("STORAGE_FAILED");
      expect(states).toEqual(["old a", "none", "old c"]);
      expect((await listing(folder)).filter((name) => name.includes(".old"))).toEqual([]);
    }
  });
  return complete;
}

test("without overwriting, a file that comes into being at the last moment stays, and the export fails", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, {});
    const link: typeof promises.link = async (from, to) => {
      if (String(to).endsWith("b")) await writeFile(to, "somebody else's");
      return promises.link(from, to);
    };
    const placing = placeTogether(placements, [folder], false, { ...promises, link });
    await expect(placing).rejects.toThrow("TARGET_EXISTS (artifacts.b)");
    expect(await readFile(join(folder, "b"), "utf8")).toBe("somebody else's");
    expect((await listing(folder)).filter((name) => !name.startsWith("."))).toEqual(["b"]);
  });
});

test("overwriting also replaces a file that comes into being, or vanishes, at the last moment", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, { existing: ["a"] });
    let vanished = false;
    const link: typeof promises.link = async (from, to) => {
      if (String(to).endsWith("b")) await writeFile(to, "somebody else's");
      if (String(from).endsWith("/a") && !vanished) await promises.unlink(from);
      vanished ||= String(from).endsWith("/a");
      return promises.link(from, to);
    };
    await placeTogether(placements, [folder], true, { ...promises, link });
    expect(await listing(folder)).toEqual(names);
    for (const name of names) expect(await readFile(join(folder, name), "utf8")).toBe(`new ${name}`);
  });
});

test("without overwriting, the same where the file system knows no links", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, {});
    const { calls } = faulty({ failing: -1, hardLinks: false, watch: () => {} });
    const open: typeof promises.open = async (path, flags) => {
      if (flags === "wx" && String(path).endsWith("b")) await writeFile(path, "somebody else's");
      return promises.open(path, flags);
    };
    await expect(placeTogether(placements, [folder], false, { ...calls, open })).rejects.toThrow("TARGET_EXISTS");
    expect((await listing(folder)).filter((name) => !name.startsWith("."))).toEqual(["b"]);
    expect(await readFile(join(folder, "b"), "utf8")).toBe("somebody else's");
  });
});

test("undoing leaves alone what another export has put there since", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, { existing: ["a"] });
    const rename: typeof promises.rename = async (from, to) => {
      await promises.rename(from, to);
      if (!String(to).endsWith("a")) return;
      await writeFile(join(folder, "other"), "another export's");
      await promises.rename(join(folder, "other"), to);
      await mkdir(join(folder, "b"));
    };
    const placing = placeTogether(placements, [folder], true, { ...promises, rename });
    await expect(placing).rejects.toThrow("TARGET_NOT_A_FILE (artifacts.b)");
    expect(await readFile(join(folder, "a"), "utf8")).toBe("another export's");
  });
});

test("says where the old file is when even putting it back fails", async () => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, { existing: ["a", "b"] });
    let renames = 0;
    const rename: typeof promises.rename = async (from, to) => {
      renames += 1;
      if (renames > 1) throw fault("rename");
      return promises.rename(from, to);
    };
    const placing = placeTogether(placements, [folder], true, { ...promises, rename });
    await expect(placing).rejects.toThrow(`COMMIT_NOT_UNDONE`);
    await expect(placing).rejects.toThrow(`artifacts.a: the old file is ${basename(placements[0]!.backup)}`);
    expect(await readFile(placements[0]!.backup, "utf8")).toBe("old a");
  });
});

test.each([
  ["another length", (part: string) => writeFile(part, "longer than before")],
  ["no file", (part: string) => promises.unlink(part)],
])("refuses a part that has %s", async (_, change) => {
  await inTemporaryFolder(async (folder) => {
    const placements = await parts(folder, {});
    await change(placements[1]!.part);
    await expect(placeTogether(placements, [folder], false, promises)).rejects.toThrow("ARTIFACT_CHANGED");
    expect((await listing(folder)).filter((name) => !name.startsWith("."))).toEqual([]);
  });
});

async function parts(folder: string, { existing = [] }: { existing?: string[] }): Promise<Placement[]> {
  for (const name of existing) await writeFile(join(folder, name), `old ${name}`);
  return Promise.all(
    names.map(async (name) => {
      const part = join(folder, `.${name}.1.part`);
      await writeFile(part, `new ${name}`);
      const backup = join(folder, `.${name}.1.old.part`);
      return { part, target: join(folder, name), backup, size: 5, field: `artifacts.${name}` };
    }),
  );
}

/** The real file system, but for one call that fails once, and links if it shall have none; looks on after each call. */
function faulty({ failing, hardLinks, watch }: { failing: number; hardLinks: boolean; watch: () => void }) {
  let count = -1;
  const guarded =
    <Arguments extends unknown[], Result>(call: (...given: Arguments) => Promise<Result>) =>
    async (...given: Arguments): Promise<Result> => {
      count += 1;
      if (count === failing) throw fault(call.name);
      try {
        return await call(...given);
      } finally {
        watch();
      }
    };
  const link = hardLinks
    ? promises.link
    : async () => {
        throw Object.assign(new Error("no links"), { code: "EPERM", syscall: "link" });
      };
  const calls = {
    chmod: guarded(promises.chmod),
    copyFile: guarded(promises.copyFile),
    link: guarded(link),
    lstat: guarded(promises.lstat),
    open: guarded(promises.open),
    rename: guarded(promises.rename),
    unlink: guarded(promises.unlink),
  } as unknown as PlacementFiles;
  return { calls, failed: () => count >= failing };
}

function fault(syscall: string): Error {
  return Object.assign(new Error("EIO"), { code: "EIO", syscall });
}
