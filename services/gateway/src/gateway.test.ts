import { expect, test } from "@jest/globals";
import { readConfiguration } from "@sluice/service";
import { gateway } from "./index.ts";

test("there is an exporter for each format of the setting, in its order", () => {
  const configuration = readConfiguration({ SLUICE_FORMATS: "ome-tiff=localhost:1,hdf5=localhost:2" });
  expect(gateway(configuration).exporters.map((exporter) => exporter.format)).toEqual(["ome-tiff", "hdf5"]);
});

test("a format whose service is away is told as such", async () => {
  const { exporters } = gateway(readConfiguration({ SLUICE_FORMATS: "ome-tiff=127.0.0.1:1" }));
  await expect(exporters[0]?.describe()).rejects.toMatchObject({
    problem: { reason: "SERVICE_UNAVAILABLE", retryable: true },
  });
});

test("steps go to the service of the setting; without it there are none", async () => {
  expect(gateway(readConfiguration({})).analysis).toBeUndefined();
  const { analysis } = gateway(readConfiguration({ SLUICE_ANALYSIS: "127.0.0.1:1" }));
  await expect(analysis?.steps()).rejects.toMatchObject({ problem: { reason: "SERVICE_UNAVAILABLE" } });
});
