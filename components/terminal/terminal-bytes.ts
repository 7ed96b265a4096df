/**
 * socket.io's msgpack parser, in a browser, hands out an `ArrayBuffer` for what the server sent as bytes, and
 * writes only an `ArrayBuffer` as bytes: a `Uint8Array` would arrive as an object of numbers. The protocol
 * says `Uint8Array`, which is what the server sees either way.
 */
export function bytesFromWire(data: Uint8Array | ArrayBuffer): Uint8Array {
  return data instanceof Uint8Array ? data : new Uint8Array(data);
}

export function bytesForWire(data: Uint8Array): Uint8Array {
  return data.slice().buffer as unknown as Uint8Array;
}

/** What was typed or pasted, in pieces of at most `max` bytes. */
export function splitInput(data: Uint8Array, max: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += max) pieces.push(data.subarray(at, at + max));
  return pieces;
}
