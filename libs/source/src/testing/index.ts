export * from "./with-file.ts";
