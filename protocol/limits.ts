/** Limits both sides know. Bytes unless the name says otherwise. */
export const limits = {
  /** One socket packet from a page. Larger ones close the connection with a clear reason. */
  packet: 1024 * 1024 + 64 * 1024,
  /** One `terminal:input`; a longer paste is sent in pieces. */
  terminalInput: 64 * 1024,
  /** Scrollback kept for replay, per terminal. */
  terminalReplay: 1024 * 1024,
  /** A page that has not acknowledged this much output gets no more until it has. */
  terminalUnacknowledged: 256 * 1024,
  /** How far a shell may run ahead of what a page has drawn: twice a page's window keeps both busy. */
  terminalAhead: 512 * 1024,
  terminalsPerSandbox: 8,
  terminalCols: { min: 2, max: 500 },
  terminalRows: { min: 2, max: 300 },
  /** A file that opens in the editor. */
  fileText: 1024 * 1024,
  /** One uploaded file. */
  fileUpload: 16 * 1024 * 1024,
  /** Entries a workspace tree shows; what lies beyond is counted, not listed. */
  treeEntries: 2000,
  pathLength: 512,
  pathDepth: 32,
  lessonSource: 512 * 1024,
  /** Output of one build that is kept for replay. */
  buildOutput: 1024 * 1024,
} as const;
