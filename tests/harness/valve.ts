import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { eventually } from "./eventually.ts";

/** A TCP relay in front of a service that can be shut in the middle of a stream: no test has to guess how far one is. */
export interface Valve extends AsyncDisposable {
  /** Speak to this instead of the service. */
  readonly address: string;
  /** Bytes that went to the service since `shutAfter`, or since the beginning. */
  readonly passed: number;
  /** From now on lets about so many bytes go to the service, then none; what comes back flows on. */
  shutAfter(bytes: number): void;
  /** Waits until it is shut. */
  shut(): Promise<void>;
  /** Holds back what the service answers. */
  holdAnswers(): void;
  /** Lets everything flow. */
  open(): void;
  /** Cuts all connections without a word. */
  cut(): void;
  /** Cuts all connections, and every new one until `open`. */
  cutUntilOpen(): void;
}

/** @param target host:port of the service */
export async function openValve(target: string): Promise<Valve> {
  const [host = "", port = ""] = target.split(":");
  const flows = new Set<Flow>();
  const state = { passed: 0, limit: Number.POSITIVE_INFINITY, answersHeld: false, isDown: false };
  const server = createServer((client) => {
    if (state.isDown) return void client.destroy();
    const flow: Flow = { client, service: connect(Number(port), host) };
    flows.add(flow);
    relay(flow, state, () => flows.delete(flow));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const { client } of flows) client.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    get passed() {
      return state.passed;
    },
    shutAfter: (bytes) => Object.assign(state, { passed: 0, limit: bytes }),
    shut: () =>
      eventually(`${state.limit} bytes pass the valve`, () => state.passed >= state.limit).then(() => undefined),
    holdAnswers: () => {
      state.answersHeld = true;
      for (const { service } of flows) service.pause();
    },
    open: () => {
      Object.assign(state, { limit: Number.POSITIVE_INFINITY, answersHeld: false, isDown: false });
      for (const { client, service } of flows) {
        client.resume();
        service.resume();
      }
    },
    cut,
    cutUntilOpen: () => {
      state.isDown = true;
      cut();
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

interface Flow {
  readonly client: Socket;
  readonly service: Socket;
}

interface ValveState {
  passed: number;
  limit: number;
  answersHeld: boolean;
}

function relay({ client, service }: Flow, state: ValveState, onClose: () => void): void {
  const isShut = () => state.passed >= state.limit;
  client.on("data", (bytes) => {
    state.passed += bytes.length;
    const full = !service.write(bytes);
    if (full || isShut()) client.pause();
  });
  service.on("drain", () => isShut() || client.resume());
  service.on("data", (bytes) => {
    if (!client.write(bytes)) service.pause();
  });
  client.on("drain", () => state.answersHeld || service.resume());
  if (isShut()) client.pause();
  if (state.answersHeld) service.pause();
  for (const [socket, other] of [
    [client, service],
    [service, client],
  ] as const) {
    socket.on("error", () => other.destroy());
    socket.on("close", () => {
      other.destroy();
      onClose();
    });
  }
}
