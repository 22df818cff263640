import { type Delivery, ExportOpen } from "@sluice/proto";
import { below, edge32, pick, type Random, texts } from "./draw.ts";

const options = ["level", "compression", "tileSize", "pyramid", "castTo", "image", "bigTiff", "nonsense"];
const values = [
  null,
  true,
  -1,
  0,
  1,
  9,
  16,
  1e300,
  "none",
  "deflate",
  "small",
  "zstd",
  "uint8",
  "float32",
  "",
  [],
  {},
  { a: [1] },
];

/** An opening message with one thing changed. */
export function mutateOpen(open: ExportOpen, random: Random): ExportOpen {
  const copy = ExportOpen.decode(ExportOpen.encode(open).finish());
  const branch = pick(copy.branches, random);
  switch (below(9, random)) {
    case 0:
      copy.jobId = pick(texts, random) ?? "";
      break;
    case 1:
      copy.branches = copy.branches.slice(below(3, random));
      break;
    case 2:
      if (branch) copy.branches.push({ ...branch, branchId: pick(texts, random) ?? "" });
      break;
    case 3:
      if (branch) branch.format = pick(texts, random) ?? "";
      break;
    case 4:
      if (branch) branch.options = { [pick(options, random) ?? ""]: pick(values, random) };
      break;
    case 5:
      if (branch?.delivery) branch.delivery.name = pick(texts, random) ?? "";
      break;
    case 6:
      if (branch?.delivery) branch.delivery.target = directory(random);
      break;
    case 7:
      if (branch) branch.delivery = undefined;
      break;
    default:
      copy.progressIntervalMs = edge32(random);
  }
  return copy;
}

function directory(random: Random): Delivery["target"] {
  return { $case: "directory", value: { directory: pick(texts, random) ?? "", overwrite: random() < 0.5 } };
}
