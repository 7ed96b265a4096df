/** A set-up step that cannot be done here, in words for the person at the keyboard. */
export class SetupProblem extends Error {
  /** Commands or deeds that mend it, in order. */
  readonly remedy: readonly string[];

  constructor(message: string, remedy: readonly string[] = [], options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SetupProblem';
    this.remedy = remedy;
  }
}
