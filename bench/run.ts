// `npm run bench`: ours against the peers in turn, in one run; writes docs/benchmarks.md.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memoryCase } from "./cases/memory.ts";
import { npzCases } from "./cases/npz.ts";
import { omeTiffCases } from "./cases/ome-tiff.ts";
import { uploadCases } from "./cases/upload.ts";
import { machineFacts, tableOf } from "./document.ts";
import { preparePeers } from "./prepare-peers.ts";

const scratch = await mkdtemp(join(tmpdir(), "sluice-bench-"));
try {
  const peers = await preparePeers(scratch);
  const upload = await uploadCases(peers);
  const tiff = await omeTiffCases(peers, scratch);
  const npz = await npzCases(peers, scratch);
  const memory = await memoryCase();
  const document = [
    "# Benchmarks",
    "",
    "Written by `npm run bench`. Each row pairs ours with the peer in turn (A B A B …) in one run, after one run of each that does not count; rates are medians in MB of payload a second, the ratio is the median of the pairs. Absolute figures belong to this machine; the ratios are what counts.",
    "",
    await machineFacts(peers),
    "",
    "## Client to service",
    "",
    "Ours: Node client and service, frames numbered, a CRC-32C on every chunk, both ends checked. Peer: Python grpcio (C core), the same messages without checksums. Gateway: the same stream through one relay, against direct.",
    "",
    tableOf(upload),
    "",
    "## OME-TIFF",
    "",
    "512 x 512 frames from memory into a file that is durable (fsync on both sides), both with two workers. \"tifffile alone\" is `pip install tifffile`, which compresses with Python's zlib; with imagecodecs it uses libdeflate. Ours without the artifact's SHA-256 unless the row says so.",
    "",
    tableOf(tiff),
    "",
    "## NPZ",
    "",
    "512 x 512 frames from memory into a durable file, against numpy.savez_compressed (zlib level 6) and numpy.savez. Whole processes, from start to end.",
    "",
    tableOf(npz),
    "",
    "## Memory",
    "",
    memory,
    "",
  ].join("\n");
  await writeFile(new URL("../docs/benchmarks.md", import.meta.url), document);
  console.log(document);
} finally {
  await rm(scratch, { recursive: true, force: true });
}
