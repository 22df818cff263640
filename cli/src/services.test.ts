import { expect, test } from "@jest/globals";
import { serviceNamed } from "./services.ts";

test("on one machine the gateway finds the formats without a setting", () => {
  const format = serviceNamed("ome-tiff", undefined, {});
  const gateway = serviceNamed("gateway", undefined, {});
  expect(format.overrides).toEqual({ port: "50051" });
  expect(serviceNamed("analysis", undefined, {}).overrides).toEqual({ port: "50049" });
  expect(gateway.overrides).toEqual({
    port: "50050",
    formats: expect.stringContaining("ome-tiff=127.0.0.1:50051"),
    analysis: "127.0.0.1:50049",
  });
});

test("the environment and the flag go before the usual ports", () => {
  const environment = { SLUICE_PORT: "7000", SLUICE_FORMATS: "ome-tiff=tiff:1" };
  expect(serviceNamed("gateway", undefined, environment).overrides).toEqual({});
  expect(serviceNamed("gateway", "0", environment).overrides).toEqual({ port: "0" });
});

test("all serves every format, an unknown name is refused with the list", () => {
  const served = serviceNamed("all", "1", {}).make({} as never);
  const { exporters, analysis } = "exporters" in served ? served : { exporters: served, analysis: undefined };
  expect(exporters.map((exporter) => exporter.format)).toContain("ome-tiff");
  expect(analysis).toBeDefined();
  expect(() => serviceNamed("docx", undefined, {})).toThrow("SERVICE_UNKNOWN");
});
