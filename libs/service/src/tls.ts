import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { ServerCredentials } from "@grpc/grpc-js";
import type { Endpoint } from "@sluice/transport";
import type { Configuration, SettingName } from "./configuration.ts";
import { isBearerToken } from "./setting.ts";
import { readSettingFile, settingFileError } from "./setting-file.ts";
import { clientTracing } from "./tracing.ts";

/** What a server shows and asks of its clients: nothing, TLS, or mutual TLS when a client authority is set. */
export function serverCredentials(configuration: Configuration): ServerCredentials {
  const { tlsCertificateFile, tlsKeyFile, tlsClientCaFile } = configuration;
  if (tlsCertificateFile === "") return ServerCredentials.createInsecure();
  const pair = readPair("tlsCertificateFile", tlsCertificateFile, "tlsKeyFile", tlsKeyFile);
  const clientCa = tlsClientCaFile === "" ? null : readAuthority("tlsClientCaFile", tlsClientCaFile);
  return ServerCredentials.createSsl(
    clientCa,
    [{ cert_chain: pair.certificate, private_key: pair.key }],
    clientCa !== null,
  );
}

/** How to call another service: its address with this service's TLS files, token and tracing. */
export function serviceEndpoint(configuration: Configuration, address: string): Endpoint {
  const { clientTls, clientCaFile, clientCertificateFile, clientKeyFile, windowBytes } = configuration;
  const pair =
    clientCertificateFile === ""
      ? {}
      : readPair("clientCertificateFile", clientCertificateFile, "clientKeyFile", clientKeyFile);
  const ca = clientCaFile === "" ? {} : { ca: readAuthority("clientCaFile", clientCaFile) };
  const encrypted = clientTls || clientCaFile !== "" || clientCertificateFile !== "";
  return {
    address,
    tls: encrypted ? { ...ca, ...pair } : undefined,
    token: clientToken(configuration),
    interceptors: [clientTracing(address)],
    windowBytes,
  };
}

function clientToken({ clientToken: token, clientTokenFile }: Configuration): string | undefined {
  if (clientTokenFile === "") return token === "" ? undefined : token;
  const read = readSettingFile("clientTokenFile", clientTokenFile).toString("utf8").trim();
  if (isBearerToken(read)) return read;
  throw settingFileError("clientTokenFile", clientTokenFile, "TOKEN_INVALID", "The file does not hold a bearer token.");
}

function readPair(certificateName: SettingName, certificateFile: string, keyName: SettingName, keyFile: string) {
  const certificate = readAuthority(certificateName, certificateFile);
  const key = readSettingFile(keyName, keyFile);
  try {
    createSecureContext({ cert: certificate, key });
  } catch (cause) {
    throw settingFileError(keyName, keyFile, "TLS_KEY_INVALID", "The key does not fit the certificate.", cause);
  }
  return { certificate, key };
}

function readAuthority(name: SettingName, path: string): Buffer {
  const pem = readSettingFile(name, path);
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch (cause) {
    throw settingFileError(name, path, "TLS_CERTIFICATE_INVALID", "The file does not hold a PEM certificate.", cause);
  }
  if (Date.parse(certificate.validTo) < Date.now()) {
    throw settingFileError(
      name,
      path,
      "TLS_CERTIFICATE_EXPIRED",
      `The certificate was valid until ${certificate.validTo}.`,
    );
  }
  return pem;
}
