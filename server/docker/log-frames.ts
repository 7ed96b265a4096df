/**
 * Text of a container's log as `GET /containers/{id}/logs` sends it: in 8-byte-headed frames, or plain when the
 * container has a TTY. Which of the two is seen from the bytes, since what the daemon says of it is not
 * believed. A frame cut short gives what is there.
 */
export function readLog(body: Buffer): string {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset < body.length) {
    const framed =
      offset + 8 <= body.length && (body[offset] === 1 || body[offset] === 2) && body.readUIntBE(offset + 1, 3) === 0;
    if (!framed) return offset === 0 ? body.toString('utf8') : Buffer.concat(parts).toString('utf8');
    const length = body.readUInt32BE(offset + 4);
    parts.push(body.subarray(offset + 8, offset + 8 + length));
    offset += 8 + length;
  }
  return Buffer.concat(parts).toString('utf8');
}
