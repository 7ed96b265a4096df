/** Unacknowledged texts that are remembered, and how much of them (in characters) a draft takes along. */
const limits = { texts: 8, inDraft: 256 * 1024 };

/** What was sent and not acknowledged. It may have arrived all the same, and is then no change by somebody else. */
export class SentTexts {
  #texts: string[] = [];

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  has(text: string): boolean {
    return this.#texts.includes(text);
  }

  /** The first ones stay, from when the connection went, and the last ones. */
  remember(text: string): void {
    if (this.has(text)) return;
    if (this.#texts.length >= limits.texts) this.#texts.splice(limits.texts / 2, 1);
    this.#texts.push(text);
  }

  forget(text: string): void {
    this.#texts = this.#texts.filter((sent) => sent !== text);
  }

  clear(): void {
    this.#texts = [];
  }

  /** Those a draft of `content` takes along: as many as there is room for. */
  forDraft(content: string): string[] {
    const taken: string[] = [];
    let room = limits.inDraft;
    for (const text of this.#texts) {
      if (text === content || text.length > room) continue;
      room -= text.length;
      taken.push(text);
    }
    return taken;
  }
}
