import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Runs `work` on a file of these bytes, which is gone afterwards. */
export async function withFile<T>(bytes: Uint8Array, work: (path: string) => Promise<T>, name = "file"): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-file-"));
  try {
    await writeFile(join(folder, name), bytes);
    return await work(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}
