import { expect, test } from "@jest/globals";
import { ExportResponse, type Frame } from "@sluice/proto";
import { readExport } from "./reader.ts";
import { replySender } from "./reply.ts";
import { sendExport } from "./send-export.ts";
import { loopback } from "./testing/loopback.ts";
import { openOf, streamOf } from "./testing/streams.ts";

test("a stream arrives as it was sent, and the answer comes back", async () => {
  const received: Frame[] = [];
  await using link = await loopback(async (call) => {
    const reply = replySender(call);
    const { open, stream } = await readExport(call);
    for await (const frame of stream.frames) received.push(frame);
    await reply(ExportResponse.create({ event: { $case: "summary", value: { jobId: open.jobId } } }));
    call.end();
  });
  const call = link.client.export();
  const responses: ExportResponse[] = [];
  call.on("data", (response: ExportResponse) => responses.push(response));
  const ended = new Promise((resolve) => call.once("status", resolve));
  expect(await sendExport(call, openOf("job"), streamOf(40, 100_000))).toBe(true);
  expect(await ended).toMatchObject({ code: 0 });
  expect(received.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 40 }, (_, index) => index + 3));
  expect(received[7]?.content?.value).toMatchObject({ arrayId: 1, offset: [7, 0], shape: [1, 100_000] });
  expect(responses.map(({ event }) => event?.value)).toMatchObject([{ jobId: "job" }]);
});
