import { expect, test } from "@jest/globals";
import { readConfiguration } from "@sluice/service";
import { gatewayExporters } from "./index.ts";

test("there is an exporter for each format of the setting, in its order", () => {
  const configuration = readConfiguration({ SLUICE_FORMATS: "ome-tiff=localhost:1,hdf5=localhost:2" });
  expect(gatewayExporters(configuration).map((exporter) => exporter.format)).toEqual(["ome-tiff", "hdf5"]);
});

test("a format whose service is away is told as such", async () => {
  const [exporter] = gatewayExporters(readConfiguration({ SLUICE_FORMATS: "ome-tiff=127.0.0.1:1" }));
  await expect(exporter?.describe()).rejects.toMatchObject({
    problem: { reason: "SERVICE_UNAVAILABLE", retryable: true },
  });
});
