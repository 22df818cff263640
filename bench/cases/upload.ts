import type { Comparison } from "../document.ts";
import { ours, pair, peer, run, start } from "../measure.ts";
import type { Peers } from "../prepare-peers.ts";

const chunkBytes = 2 ** 20;
const chunks = 2048;
const ports = { service: 57_051, gateway: 57_052, peer: 57_053 };

/** Our client and service against grpcio's, and our gateway against the direct way. */
export async function uploadCases(peers: Peers): Promise<Comparison[]> {
  const environment = { PYTHONPATH: peers.stubs };
  const service = start(ours("upload-service", ports.service));
  const gateway = start(ours("upload-service", ports.gateway, `127.0.0.1:${ports.service}`));
  const peerService = start(peer(peers.python, "upload_service.py", ports.peer), environment);
  try {
    await Promise.all([service.ready, gateway.ready, peerService.ready]);
    const direct = () => run(ours("upload-client", ports.service, chunkBytes, chunks));
    const relayed = () => run(ours("upload-client", ports.gateway, chunkBytes, chunks));
    const grpcio = () => run(peer(peers.python, "upload_client.py", ports.peer, chunkBytes, chunks), environment);
    const against = await pair(direct, grpcio, 7);
    const relay = await pair(relayed, direct, 5);
    return [
      {
        name: "client to service, 1 MiB chunks, against grpcio",
        ours: against.a,
        peers: against.b,
        ratio: against.ratio,
        target: 1.2,
      },
      { name: "through the gateway, against direct", ours: relay.a, peers: relay.b, ratio: relay.ratio, target: 0.5 },
    ];
  } finally {
    for (const { child } of [service, gateway, peerService]) child.kill("SIGTERM");
    await Promise.all([service.ended, gateway.ended, peerService.ended]);
  }
}
