import { expect, test } from "@jest/globals";
import { SluiceError } from "@sluice/core";
import { checkConfiguration, printConfiguration, readConfiguration, settingDescriptions } from "./configuration.ts";

test("an empty environment gives defaults that work", () => {
  expect(readConfiguration({ PATH: "/bin" })).toEqual({
    host: "127.0.0.1",
    port: 50051,
    graceSeconds: 25,
    logLevel: "info",
    outputRoot: "",
    s3Prefixes: [],
    s3Endpoint: "",
    s3Region: "",
    s3ForcePathStyle: "auto",
    s3Attempts: 10,
    s3TransferBytes: 16 * 2 ** 20,
    formats: new Map(),
    analysis: "",
    tlsCertificateFile: "",
    tlsKeyFile: "",
    tlsClientCaFile: "",
    tokens: [],
    tokensFile: "",
    clientTls: false,
    clientCaFile: "",
    clientCertificateFile: "",
    clientKeyFile: "",
    clientToken: "",
    clientTokenFile: "",
    limitBytes: 2 ** 40,
    limitArrays: 1024,
    limitRank: 16,
    limitArtifacts: 10_000,
    limitSeconds: 86_400,
    limitOpeningSeconds: 30,
    limitCalls: 16,
    windowBytes: 2 ** 20,
  });
});

test("values are read, the command line goes before the environment, an empty value counts as unset", () => {
  const configuration = readConfiguration(
    {
      SLUICE_PORT: "6000",
      SLUICE_HOST: "",
      SLUICE_FORMATS: "ome-tiff=localhost:50052, hdf5=[::1]:50053,gif=unix:/run/gif.sock",
      SLUICE_TOKENS: "one,two==",
      SLUICE_WINDOW_BYTES: "8MiB",
      SLUICE_LIMIT_BYTES: "1000",
      SLUICE_CLIENT_TLS: "true",
    },
    { port: "7000" },
  );
  expect(configuration.port).toBe(7000);
  expect(configuration.host).toBe("127.0.0.1");
  expect([...configuration.formats]).toEqual([
    ["ome-tiff", "localhost:50052"],
    ["hdf5", "[::1]:50053"],
    ["gif", "unix:/run/gif.sock"],
  ]);
  expect(configuration.tokens).toEqual(["one", "two=="]);
  expect(configuration.windowBytes).toBe(8 * 2 ** 20);
  expect(configuration.limitBytes).toBe(1000);
  expect(configuration.clientTls).toBe(true);
});

test("an unknown name is refused with the nearest one and the list of all", () => {
  const { problems } = checkConfiguration({ SLUICE_OUTPUT_ROT: "x" });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({
    reason: "SETTING_UNKNOWN",
    field: "SLUICE_OUTPUT_ROT",
    remedy: "Did you mean SLUICE_OUTPUT_ROOT?",
  });
  expect(problems[0]?.allowed).toEqual(settingDescriptions.map(({ variable }) => variable));
  expect(checkConfiguration({ SLUICE_SOMETHING_ELSE_ENTIRELY: "x" }).problems[0]?.remedy).toBe("Unset it.");
});

test.each([
  ["SLUICE_PORT", "70000", "a whole number from 0 to 65535"],
  ["SLUICE_PORT", "-1", "a whole number from 0 to 65535"],
  ["SLUICE_PORT", "5e3", "a whole number from 0 to 65535"],
  ["SLUICE_LOG_LEVEL", "loud", "one of debug, info, warn, error"],
  ["SLUICE_WINDOW_BYTES", "1MB", "bytes from 65535 to 1073741824, plain or as KiB, MiB, GiB, TiB (such as 16MiB)"],
  ["SLUICE_CLIENT_TLS", "yes", "true or false"],
  ["SLUICE_S3_ENDPOINT", "http://user:secret@minio:9000", "http://host:port or https://host:port, without a user"],
  ["SLUICE_S3_ENDPOINT", "minio:9000", "http://host:port or https://host:port, without a user"],
  ["SLUICE_S3_FORCE_PATH_STYLE", "yes", "one of auto, true, false"],
  [
    "SLUICE_S3_PREFIXES",
    "s3://bucket/a,bucket/b",
    "s3://bucket or s3://bucket/prefix between commas, without empty names or dots between slashes",
  ],
  [
    "SLUICE_FORMATS",
    "gif=localhost:1,gif=localhost:2",
    "NAME=host:port between commas, each name once, such as ome-tiff=localhost:50052,hdf5=localhost:50053",
  ],
])("%s=%s is refused with what is allowed", (variable, value, allowed) => {
  const { problems } = checkConfiguration({ [variable]: value });
  expect(problems).toMatchObject([
    { reason: "SETTING_INVALID", field: variable, got: JSON.stringify(value), allowed: [allowed] },
  ]);
});

test("places in an object store are read from a list", () => {
  const { s3Prefixes } = readConfiguration({ SLUICE_S3_PREFIXES: "s3://whole, s3://shared/lab/x/" });
  expect(s3Prefixes).toEqual([
    { bucket: "whole", key: "" },
    { bucket: "shared", key: "lab/x" },
  ]);
});

test("every fault is named at once, and the first is thrown", () => {
  const environment = { SLUICE_PORT: "x", SLUICE_LIMIT_RANK: "0", SLUICE_PROT: "1" };
  expect(checkConfiguration(environment).problems.map(({ field }) => field)).toEqual([
    "SLUICE_PROT",
    "SLUICE_PORT",
    "SLUICE_LIMIT_RANK",
  ]);
  expect(() => readConfiguration(environment)).toThrow(SluiceError);
});

test.each([
  [{ SLUICE_TLS_CERTIFICATE_FILE: "c.pem" }, "SLUICE_TLS_CERTIFICATE_FILE"],
  [{ SLUICE_TLS_KEY_FILE: "k.pem" }, "SLUICE_TLS_KEY_FILE"],
  [{ SLUICE_TLS_CLIENT_CA_FILE: "ca.pem" }, "SLUICE_TLS_CLIENT_CA_FILE"],
  [{ SLUICE_CLIENT_KEY_FILE: "k.pem" }, "SLUICE_CLIENT_KEY_FILE"],
  [{ SLUICE_TOKENS: "a", SLUICE_TOKENS_FILE: "f" }, "SLUICE_TOKENS"],
  [{ SLUICE_CLIENT_TOKEN: "a", SLUICE_CLIENT_TOKEN_FILE: "f" }, "SLUICE_CLIENT_TOKEN"],
])("settings that do not go together are refused: %j", (environment, field) => {
  expect(checkConfiguration(environment).problems).toMatchObject([{ reason: "SETTING_CONTRADICTION", field }]);
});

test("secrets are shown neither in errors nor in the printed configuration", () => {
  const environment = { SLUICE_TOKENS: "s3cret,with blank", SLUICE_CLIENT_TOKEN: "s3cret" };
  expect(JSON.stringify(checkConfiguration(environment).problems)).not.toContain("s3cret");
  const printed = printConfiguration(environment);
  expect(printed).not.toContain("s3cret");
  expect(printed).toContain("SLUICE_TOKENS=***\n");
});

test("the printed configuration holds every setting with its value, default and meaning", () => {
  const printed = printConfiguration({ SLUICE_PORT: "6000" }, { host: "0.0.0.0" });
  expect(printed).toContain("# Port to listen on; 0 takes any free one. Default: 50051.\nSLUICE_PORT=6000\n");
  expect(printed).toContain("SLUICE_HOST=0.0.0.0\n");
  for (const { variable, doc } of settingDescriptions) {
    expect(printed).toContain(`\n${variable}=`);
    expect(printed).toContain(doc);
    expect(doc).toMatch(/[.]$/);
  }
});

test("variables that Kubernetes sets for services called sluice-... are not settings", () => {
  const links = {
    SLUICE_GATEWAY_SERVICE_HOST: "10.0.0.1",
    SLUICE_GATEWAY_SERVICE_PORT: "50051",
    SLUICE_GATEWAY_SERVICE_PORT_GRPC: "50051",
    SLUICE_GATEWAY_PORT: "tcp://10.0.0.1:50051",
    SLUICE_GATEWAY_PORT_50051_TCP: "tcp://10.0.0.1:50051",
    SLUICE_GATEWAY_PORT_50051_TCP_ADDR: "10.0.0.1",
  };
  expect(checkConfiguration(links).problems).toEqual([]);
  expect(checkConfiguration({ SLUICE_PORT: "tcp://10.0.0.1:50051" }).problems[0]?.remedy).toContain(
    "enableServiceLinks",
  );
});
