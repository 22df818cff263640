// The generated types are the domain types: every package imports them from here.
export * from "./gen/sluice/analysis/v1/analysis.ts";
export * from "./gen/sluice/array/v1/array.ts";
export * from "./gen/sluice/common/v1/problem.ts";
export * from "./gen/sluice/common/v1/provenance.ts";
export * from "./gen/sluice/common/v1/status.ts";
export * from "./gen/sluice/dataset/v1/dataset.ts";
export * from "./gen/sluice/dataset/v1/table.ts";
export * from "./gen/sluice/export/v1/export.ts";
export * from "./gen/sluice/export/v1/report.ts";
export * from "./gen/sluice/stream/v1/frame.ts";
