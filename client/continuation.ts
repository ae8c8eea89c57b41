import type { Continues, NumberedClientMessage, Start } from "../protocol/client_message.ts";
import { decodeBinary, stampJump } from "../protocol/codec.ts";
import { RING_BYTES } from "../protocol/limits.ts";
import { Link } from "../protocol/link.ts";
import type { Lane } from "../protocol/server_message.ts";
import type { Arrivals } from "./arrivals.ts";
import type { Requests } from "./requests.ts";

/** Room for what is asked again, beside the audio, in bytes. */
const requestBytes = 65_536;

type ClientLink = Link<NumberedClientMessage>;

/** What is known of a session whose instance is gone. */
export interface Lost {
  readonly start: Omit<Start, "type">;
  readonly lanes: readonly Lane[];
  readonly link: ClientLink;
  readonly arrivals: Arrivals;
  /** One past the last source sample that was put into the link. */
  readonly position: number;
}

/** What another instance needs to go on with a session. */
export class Continuation {
  /** Asks for it. */
  readonly start: Omit<Start, "type"> & { readonly continues: Continues };

  constructor({ start, lanes, link, arrivals, position }: Lost) {
    const targets = lanes.filter(({ lane }) => lane > 0);
    const first = link.unsettled().find((kept) => "end" in kept);
    this.start = {
      ...start,
      targets: targets.map(({ language }) => language),
      continues: arrivals.continues(
        first ? positionOf(first.message) : position >>> 0,
        link.settled,
        targets.map(({ lane }) => lane),
      ),
    };
  }

  /** A link to the instance that goes on, with everything that the one to the lost instance had not settled and that is to be asked again. */
  relink(lost: ClientLink, requests: Requests, ended: boolean): ClientLink {
    const { continues } = this.start;
    const link: ClientLink = new Link({ limitBytes: RING_BYTES + requestBytes, settled: lost.settled });
    const kept = lost.unsettled().map((one) =>
      "end" in one ? one : JSON.parse(one.message) as NumberedClientMessage
    );
    const flushes = kept.flatMap((one) => "id" in one ? [one.id] : []);
    for (const request of requests.again(flushes, continues)) link.keepJson(request);
    let follows = continues.position;
    for (const one of kept) {
      if ("end" in one) {
        // The ring may have had to let go of the first ones since it was asked to go on.
        if (positionOf(one.message) !== follows) stampJump(one.message);
        link.keepBinary(one.message, one.end);
        follows = one.end;
      } else if (one.type === "flush" && requests.isFlushing(one.id)) {
        link.keepJson({ type: "flush", id: one.id });
      }
    }
    if (ended) link.keepJson({ type: "end" });
    return link;
  }
}

function positionOf(message: Uint8Array | string): number {
  const decoded = typeof message === "string" ? undefined : decodeBinary(message);
  return decoded && decoded.type !== "ignored" ? decoded.position : 0;
}
