/**
 * What a message of so many bytes takes on the wire beside itself: the WebSocket frame header (RFC 6455, section 5.2), without TCP and TLS.
 *
 * @param masked whether a client sends it; clients mask.
 */
export function webSocketFraming(messageBytes: number, masked: boolean): number {
  const length = messageBytes <= 125 ? 0 : messageBytes <= 65_535 ? 2 : 8;
  return 2 + length + (masked ? 4 : 0);
}

/** The share of header and WebSocket framing in the audio that a message carries: 0.011 is 1.1 %. */
export function wireOverhead(headerBytes: number, payloadBytes: number, masked: boolean): number {
  return (headerBytes + webSocketFraming(headerBytes + payloadBytes, masked)) / payloadBytes;
}
