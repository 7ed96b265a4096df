/**
 * What a terminal answers by itself when a program asks (device attributes, cursor position, colours). With two
 * pages on one shell both answer, and the second answer would be read as typed text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked for
const reply = /^(?:\x1b(?:\[[?>=]?[\d;]*[Rcn]|\[\??[\d;]*\$y|\[[\d;]*t|[P\]_][^\x07\x1b]*(?:\x07|\x1b\\)))+$/;

export function isTerminalReply(data: Uint8Array): boolean {
  if (data[0] !== 0x1b || data.length < 3 || data.length > 1024) return false;
  return reply.test(Buffer.from(data).toString('latin1'));
}
