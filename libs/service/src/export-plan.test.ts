import { expect, test } from "@jest/globals";
import { problemOf } from "@sluice/core/testing";
import { type Branch, DatasetSpec, Delivery, ExportOpen } from "@sluice/proto";
import { branchName, planExport } from "./export-plan.ts";
import { fakeExporter } from "./testing/fake-exporter.ts";
import { directoryBranch, inlineBranch, objectBranch, openOf } from "./testing/harness.ts";

const rules = {
  exporters: [fakeExporter(), fakeExporter("raw2")],
  directoryAllowed: true,
  objectRoots: [{ bucket: "shared", key: "lab" }],
};

test("a good request is planned branch by branch", () => {
  const [first, second] = planExport(openOf([inlineBranch("a", { delayMs: 1 }), directoryBranch("b", "out")]), rules);
  expect(first).toMatchObject({ branchId: "a", options: { delayMs: 1 }, exporter: { format: "raw" } });
  expect(second?.delivery.target).toEqual({ $case: "directory", value: { directory: "out", overwrite: false } });
});

const nowhere: Branch = { ...inlineBranch("a"), delivery: undefined };
const unknown: Branch = { ...inlineBranch("a"), format: "tiff" };
const named = (name: string) => openOf([inlineBranch("a", {}, name)]);

const many = Array.from({ length: 65 }, (_, index) => inlineBranch(`b${index}`));

test.each<[string, ExportOpen, string, string]>([
  ["no job id", openOf([inlineBranch("a")], { jobId: "" }), "ID_INVALID", "open.job_id"],
  ["a job id with a line break", openOf([inlineBranch("a")], { jobId: "a\nb" }), "ID_INVALID", "open.job_id"],
  ["no branch", openOf([]), "BRANCHES_INVALID", "open.branches"],
  ["one id twice", openOf([inlineBranch("a"), inlineBranch("a")]), "BRANCHES_INVALID", "open.branches"],
  ["a branch id with a blank", openOf([inlineBranch("a b")]), "ID_INVALID", "branches[0].branch_id"],
  ["65 branches", openOf(many), "LIMIT_EXCEEDED", "limits.branches"],
  ["an unknown format", openOf([unknown]), "FORMAT_UNKNOWN", "branches[0].format"],
  ["no delivery", openOf([nowhere]), "DELIVERY_MISSING", "branches[0].delivery"],
  ["a path as name", named("../x"), "NAME_INVALID", "branches[0].delivery.name"],
  ["dots as name", named(".."), "NAME_INVALID", "branches[0].delivery.name"],
  [
    "two files in one place",
    openOf([directoryBranch("a", "x"), directoryBranch("b", "x")]),
    "BRANCHES_COLLIDE",
    "branches",
  ],
])("%s is refused", async (_, open, reason, field) => {
  expect(await problemOf(() => planExport(open, rules))).toMatchObject({ reason, field });
});

test("an unknown format is told what there is", async () => {
  expect(await problemOf(() => planExport(openOf([unknown]), rules))).toMatchObject({
    got: '"tiff"',
    allowed: ["raw", "raw2"],
  });
});

test("directories are refused unless the operator allows one", async () => {
  const open = openOf([directoryBranch("a", "out")]);
  expect(await problemOf(() => planExport(open, { ...rules, directoryAllowed: false }))).toMatchObject({
    reason: "DELIVERY_REFUSED",
    got: "directory",
    allowed: ["inline", "objectStore"],
  });
});

test.each([
  ["s3://shared/lab", true],
  ["s3://shared/lab/mouse 3/", true],
  ["S3://shared/lab/x", true],
  ["https://shared.s3.eu-west-1.amazonaws.com/lab/x", true],
  ["s3://shared/laboratory", "DELIVERY_REFUSED"],
  ["s3://shared/lab/../other", "OBJECT_KEY_INVALID"],
  ["s3://other/lab", "DELIVERY_REFUSED"],
  ["s3://shared", "OBJECT_KEY_MISSING"],
  ["/lab", "OBJECT_URL_INVALID"],
])("uploading below %s: %s", async (url, expected) => {
  const plan = () => planExport(openOf([objectBranch("a", url)]), rules);
  if (expected === true) expect(plan()[0]?.delivery.target).toMatchObject({ value: { url } });
  else
    expect(await problemOf(plan)).toMatchObject({ reason: expected, field: "branches[0].delivery.object_store.url" });
});

test("object stores are refused unless the operator allows a prefix", async () => {
  const open = openOf([objectBranch("a", "s3://shared/lab")]);
  expect(await problemOf(() => planExport(open, { ...rules, objectRoots: [] }))).toMatchObject({
    reason: "DELIVERY_REFUSED",
    got: "objectStore",
    allowed: ["inline", "directory"],
    remedy: expect.stringContaining("SLUICE_S3_PREFIXES"),
  });
});

test("two branches of one format do not upload the same object", async () => {
  const open = openOf([objectBranch("a", "s3://shared/lab"), objectBranch("b", "s3://shared/lab")]);
  expect(await problemOf(() => planExport(open, rules))).toMatchObject({ reason: "BRANCHES_COLLIDE" });
});

test.each([directoryBranch("a", "out"), objectBranch("a", "s3://other/x")])(
  "the service behind a remote exporter decides about deliveries itself",
  (branch) => {
    const remote = { ...fakeExporter(), remote: true };
    const open = openOf([branch]);
    expect(planExport(open, { exporters: [remote], directoryAllowed: false, objectRoots: [] })[0]?.exporter).toBe(
      remote,
    );
  },
);

test.each([
  ["run_1.5um", "", "run_1.5um", []],
  ["cell 3/7: pH<6", "", "cell 3_7_ pH_6", ["NAME_CHANGED"]],
  ["", "", "sluice_export", ["NAME_CHANGED"]],
  ["ignored", "given.v2", "given.v2", []],
])("dataset %j with name %j is written as %j", (dataset, given, name, reasons) => {
  const branch = {
    branchId: "a",
    exporter: fakeExporter(),
    options: {},
    delivery: Delivery.create({ target: { $case: "inline", value: {} }, name: given }),
  };
  const header = { dataset: DatasetSpec.create({ name: dataset }), arrays: [], tables: [] };
  const chosen = branchName(branch, header);
  expect(chosen.name).toBe(name);
  expect(chosen.warnings.map(({ reason }) => reason)).toEqual(reasons);
});
