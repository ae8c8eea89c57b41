import { Tone } from "../../adapters/fake/tone.ts";
import { decodeBinary, encodePcm, Flag } from "../../protocol/codec.ts";
import { Link } from "../../protocol/link.ts";
import type { NumberedServerMessage } from "../../protocol/server_message.ts";

const source = new Tone(220, 16_000);
const header = { lane: 0, seq: 1, position: 0, flags: 0 };
const timing = {
  segment: 1,
  start: 0,
  end: 16_000,
  sttMs: 200,
  mtMs: 300,
  ttsMs: 100,
  queueMs: 5,
  ttfabMs: 605,
  clockMs: 1000,
};

for (const messageMs of [20, 60, 200]) {
  const samples = source.samples(0, 16 * messageMs);
  const message = encodePcm(header, samples);
  Deno.bench(`encodePcm(), ${messageMs} ms`, { group: "encode" }, () => {
    encodePcm(header, samples);
  });
  Deno.bench(`decodeBinary(), ${messageMs} ms`, { group: "decode" }, () => {
    decodeBinary(message);
  });
}

const first = source.samples(0, 2400);
Deno.bench("encodePcm(), 100 ms at 24 kHz with its timing header", { group: "encode" }, () => {
  encodePcm({ ...header, lane: 1, flags: Flag.segmentStart, timing }, first);
});

Deno.bench("Link: 100 messages kept, taken and acknowledged", { group: "link" }, () => {
  const link = new Link<NumberedServerMessage>({ limitBytes: 819_200, windowBytes: 819_200 });
  for (let count = 0; count < 100; count++) link.keepBinary(encodePcm(header, first));
  for (let message = link.take(); message !== undefined; message = link.take());
  link.acknowledge(100, 819_200);
});

Deno.bench("Link: 100 messages accepted", { group: "link" }, () => {
  const link = new Link<NumberedServerMessage>({ limitBytes: 819_200 });
  for (let seq = 1; seq <= 100; seq++) link.accept(seq, 652);
});
