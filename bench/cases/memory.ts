import { ours, run, start } from "../measure.ts";

const chunkBytes = 2 ** 20;
const chunks = 4096;
const pace = 400;
const ports = { service: 57_061, gateway: 57_062 };

/** A stream of 4 GiB through the gateway to a service that is slower than the client: resident memory of each process. */
export async function memoryCase(): Promise<string> {
  const service = start(ours("upload-service", ports.service));
  const gateway = start(ours("upload-service", ports.gateway, `127.0.0.1:${ports.service}`));
  await Promise.all([service.ready, gateway.ready]);
  const client = await run(ours("upload-client", ports.gateway, chunkBytes, chunks, pace));
  const [serviceRss, gatewayRss] = await Promise.all([service, gateway].map(rssAtEnd));
  const mebibytes = (bytes: number | undefined) => ((bytes ?? 0) / 2 ** 20).toFixed(0);
  return [
    `4 GiB through the gateway to a service that takes ${pace} MB/s. Highest resident memory; target: at most 200 MB each.`,
    "",
    "| client | gateway | service |",
    "|---|---|---|",
    `| ${mebibytes(client.rss)} MiB | ${mebibytes(gatewayRss)} MiB | ${mebibytes(serviceRss)} MiB |`,
  ].join("\n");
}

async function rssAtEnd(service: ReturnType<typeof start>): Promise<number> {
  service.child.kill("SIGTERM");
  const { output } = await service.ended;
  return (JSON.parse(output.trimEnd().split("\n").at(-1) ?? "") as { rss: number }).rss;
}
