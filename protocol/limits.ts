/** The limits of `parley.v1` that both ends may rely on before the other has said anything. */

/** The largest Opus packet, in bytes (RFC 6716, section 3.4: one frame's 1,275 bytes; a bundle carries packets of one frame). */
export const MAX_OPUS_PACKET_BYTES = 1275;

/** The name that the WebSocket is opened and answered with. */
export const SUBPROTOCOL = "parley.v1";

/** The largest binary message, in bytes: two seconds of PCM at 16 kHz. A service may allow less, and says so in `ready`. */
export const MAX_BINARY_BYTES = 65_536;

/** The largest JSON message, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 65_536;

/** How many bytes of numbered messages each end may have in flight before the other has said its window. */
export const INITIAL_WINDOW_BYTES = 65_536;

/** How many bytes of numbered messages an end keeps for a resume: 25 s of PCM at 16 kHz. */
export const RING_BYTES = 819_200;

/** Each end acknowledges what it received at least this often, in ms. */
export const ACKNOWLEDGE_EVERY_MS = 200;

/** How many segments a client that goes on at another instance may have been told: more than can be on their way. */
export const MAX_TOLD_SEGMENTS = 64;

/** The longest text of such a segment, in UTF-16 units. */
export const MAX_TOLD_CHARACTERS = 4_000;

/** How many target languages a session may have. */
export const MAX_TARGETS = 8;
