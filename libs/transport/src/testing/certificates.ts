import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A certificate with its key, PEM. */
export interface Identity {
  readonly certificate: Buffer;
  readonly key: Buffer;
}

/** An authority that lives as long as the test. */
export interface Authority {
  readonly certificate: Buffer;
  /** Signs a certificate for 127.0.0.1 and the given host name. */
  issue(hostName: string): Identity;
}

export function createAuthority(): Authority {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = nameOf("Sluice test authority");
  return {
    certificate: certificateOf(name, name, publicKey, privateKey, extension(basicConstraints, sequence(boolean(true)))),
    issue: (hostName) => {
      const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const addresses = sequence(der(0x82, Buffer.from(hostName)), der(0x87, Buffer.from([127, 0, 0, 1])));
      return {
        certificate: certificateOf(
          nameOf(hostName),
          name,
          pair.publicKey,
          privateKey,
          extension(alternativeName, addresses),
        ),
        key: Buffer.from(pair.privateKey.export({ type: "pkcs8", format: "pem" })),
      };
    },
  };
}

// X.509 version 3 (RFC 5280, section 4.1) in DER, as little of it as TLS needs.
const ecdsaWithSha256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];
const commonName = [0x55, 0x04, 0x03];
const basicConstraints = [0x55, 0x1d, 0x13];
const alternativeName = [0x55, 0x1d, 0x11];
let serial = 0;

function certificateOf(
  subject: Buffer,
  issuer: Buffer,
  publicKey: KeyObject,
  signingKey: KeyObject,
  extensions: Buffer,
): Buffer {
  const algorithm = sequence(identifier(ecdsaWithSha256));
  serial += 1;
  const dayMs = 24 * 60 * 60 * 1000;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([serial])),
    algorithm,
    issuer,
    sequence(time(Date.now() - dayMs), time(Date.now() + dayMs)),
    subject,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(extensions)),
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign("sha256", body, signingKey)]));
  const base64 = sequence(body, algorithm, signature).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
}

function nameOf(text: string): Buffer {
  return sequence(der(0x31, sequence(identifier(commonName), der(0x0c, Buffer.from(text)))));
}

function extension(id: readonly number[], value: Buffer): Buffer {
  return sequence(identifier(id), der(0x04, value));
}

function time(milliseconds: number): Buffer {
  return der(0x18, Buffer.from(`${new Date(milliseconds).toISOString().replaceAll(/[-:T]|\..*/g, "")}Z`));
}

function identifier(bytes: readonly number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
