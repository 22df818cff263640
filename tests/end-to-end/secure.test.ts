import { beforeAll, describe, expect, jest } from "@jest/globals";
import { type Certificates, makeCertificates } from "@sluice/service/testing";
import { commandMissing, testUnless } from "../harness/availability.ts";
import { filesOf } from "../harness/folder.ts";
import { movie, writeOmeTiff } from "../harness/movies.ts";
import { useScratch } from "../harness/scratch.ts";
import { startService } from "../harness/service.ts";
import { sluice } from "../harness/sluice.ts";

jest.setTimeout(60_000);
const scratch = useScratch();

describe("mutual TLS and tokens, from the command line through the gateway to the service", () => {
  const obstacle = commandMissing("openssl", "version");
  const secured = testUnless(obstacle);
  const tokens = { gateway: "token-of-the-gateway", service: "token-of-the-service" };
  let certificates: Certificates;
  let gateway = "";
  let input = "";

  beforeAll(async () => {
    if (obstacle) return;
    certificates = makeCertificates(scratch.fresh("certificates"));
    input = (await writeOmeTiff(movie({ frames: 3, height: 40, width: 50 }), scratch.fresh(), "movie")).path;
    const server = {
      SLUICE_TLS_CERTIFICATE_FILE: certificates.server.certificate,
      SLUICE_TLS_KEY_FILE: certificates.server.key,
      SLUICE_TLS_CLIENT_CA_FILE: certificates.ca,
    };
    const service = await startService("ome-tiff", { ...server, SLUICE_TOKENS: tokens.service });
    gateway = (
      await startService("gateway", {
        ...server,
        ...credentials(tokens.service),
        SLUICE_TOKENS: `another,${tokens.gateway}`,
        SLUICE_FORMATS: `ome-tiff=${service.address}`,
      })
    ).address;
  });

  function credentials(token: string): Record<string, string> {
    return {
      SLUICE_CLIENT_CA_FILE: certificates.ca,
      SLUICE_CLIENT_CERTIFICATE_FILE: certificates.client.certificate,
      SLUICE_CLIENT_KEY_FILE: certificates.client.key,
      SLUICE_CLIENT_TOKEN: token,
    };
  }

  async function exportWith(environment: Record<string, string>) {
    const out = scratch.fresh();
    const parameters = ["export", input, "--to", "ome-tiff", "--out", out, "--json", "--gateway", gateway];
    const { code, lines, stdout, stderr } = await sluice(parameters, { environment });
    return { code, last: lines.at(-1), said: stdout + stderr, files: filesOf(out) };
  }

  secured("an export with certificate and token succeeds", async () => {
    expect(await exportWith(credentials(tokens.gateway))).toMatchObject({ code: 0, files: ["movie.ome.tif"] });
  });

  secured("a wrong token is refused, and never shown", async () => {
    const { code, last, said, files } = await exportWith(credentials("a-wrong-token"));
    expect({ code, files }).toEqual({ code: expect.any(Number), files: [] });
    expect(code).not.toBe(0);
    expect(last).toMatchObject({ type: "error", reason: "TOKEN_UNKNOWN" });
    expect(said).not.toContain("a-wrong-token");
  });

  secured("a caller without certificate, or without TLS, gets nothing", async () => {
    const { SLUICE_CLIENT_CA_FILE = "" } = credentials(tokens.gateway);
    for (const environment of [{ SLUICE_CLIENT_CA_FILE, SLUICE_CLIENT_TOKEN: tokens.gateway }, {}]) {
      const { code, last, files } = await exportWith(environment);
      expect({ code, files, last }).toMatchObject({ code: 1, files: [], last: { reason: "SERVICE_UNAVAILABLE" } });
    }
  });
});
