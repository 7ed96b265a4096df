import { languageOf } from './file-names.ts';
import type { TextBuffer } from './file-view.ts';
import { monaco } from './monaco.ts';

/** A file's text as a Monaco model, which keeps the undo history while the file is open. */
export class MonacoBuffer implements TextBuffer {
  readonly model: monaco.editor.ITextModel;
  #setting = false;

  constructor(path: string, text: string) {
    // Without an address of its own: a file renamed and one made under the old name would meet in it.
    this.model = monaco.editor.createModel(text, languageOf(path));
    // Rainbow brackets are colours of no meaning; Monaco keeps the switch with the model.
    this.model.updateOptions({
      bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
    });
  }

  getText(): string {
    return this.model.getValue(undefined, true);
  }

  /** Replaces only what differs, so that the cursor stays where it is. Can be undone. */
  setText(text: string): void {
    const current = this.model.getValue();
    const eol = this.model.getEOL();
    const wanted = text.replace(/^\uFEFF/, '').replace(/\r\n|\n/g, eol);
    let start = 0;
    while (start < current.length && current[start] === wanted[start]) start += 1;
    let end = 0;
    while (end < current.length - start && end < wanted.length - start && current.at(-1 - end) === wanted.at(-1 - end))
      end += 1;
    const from = this.model.getPositionAt(start);
    const to = this.model.getPositionAt(current.length - end);
    const range = {
      startLineNumber: from.lineNumber,
      startColumn: from.column,
      endLineNumber: to.lineNumber,
      endColumn: to.column,
    };
    this.#setting = true;
    this.model.pushStackElement();
    this.model.pushEditOperations([], [{ range, text: wanted.slice(start, wanted.length - end) }], () => null);
    this.model.pushStackElement();
    this.#setting = false;
  }

  onEdited(listener: () => void): void {
    this.model.onDidChangeContent(() => {
      if (!this.#setting) listener();
    });
  }

  setPath(path: string): void {
    monaco.editor.setModelLanguage(this.model, languageOf(path));
  }

  dispose(): void {
    this.model.dispose();
  }
}
