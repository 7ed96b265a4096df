import { shorten } from '../problem.ts';

/** What an import can have to say about its source. The codes are stable: programs read them. */
const gapCodes = {
  'step.unchecked': 'The source does not say how to tell that the step is done.',
  'step.no-solution': 'The source tests the step, and has no command or file that passes it.',
  'block.nested': 'A command or file stands in a quotation, where nothing can be carried out.',
  'option.dropped': 'An option of a block has no counterpart.',
  'path.outside': 'A file is to be written outside the workspace.',
  'html.dropped': 'HTML that has no counterpart in Markdown.',
  'media.remote': 'A picture lies on another server.',
  'media.missing': 'A picture is not there, or cannot be taken.',
  'link.local': 'A link leads to a server of the learner, which a browser does not reach.',
  'link.dead': 'A link leads to something that is not part of the lesson.',
  'link.file': 'A link opens a file in the editor.',
  'directive.unknown': 'A directive that is not known.',
  'action.unknown': 'An action behind a piece of code that is not known.',
  'condition.shown': 'Text that was shown on a condition is shown always, or never.',
  'variable.button': 'A button gave values to variables.',
  'variable.unknown': 'A variable is used and nowhere defined.',
  'variable.value': 'The value of a variable cannot be its default.',
  'script.automatic': 'A script was run by itself.',
  'script.language': 'A script is not for a shell.',
  'asset.missing': 'A file is not there, or cannot be taken.',
  'asset.elsewhere': 'A file was put outside the workspace.',
  'environment.other': 'The source wants another environment than a sandbox with Docker.',
  'service.dropped': 'A service that stood beside the text.',
  'key.unknown': 'A key of the description that is not known.',
  'source.unreadable': 'A file of the source cannot be read.',
  'result.problem': 'The linter finds a problem in the result.',
  guessed: 'The source does not say this; it was guessed.',
} as const;

export type GapCode = keyof typeof gapCodes;

export interface Gap {
  /** Relative to the folder that was imported; of the result for `result.problem`. */
  file: string;
  line: number;
  code: GapCode;
  /** `gap`: lost or to be done by hand. `note`: translated, and worth knowing. */
  severity: 'gap' | 'note';
  message: string;
  found?: string;
}

/** Collects what could not be translated; a hostile source cannot make it grow without end. */
export class GapList {
  readonly items: Gap[];
  readonly #prefix: string;
  static readonly limit = 1000;

  constructor(items: Gap[] = [], prefix = '') {
    this.items = items;
    this.#prefix = prefix;
  }

  /** The same list, for the files of a folder. */
  within(folder: string): GapList {
    return new GapList(this.items, `${this.#prefix}${folder}/`);
  }

  gap(code: GapCode, at: { file: string; line: number }, message: string, found?: string): void {
    this.#add('gap', code, at, message, found);
  }

  note(code: GapCode, at: { file: string; line: number }, message: string, found?: string): void {
    this.#add('note', code, at, message, found);
  }

  #add(
    severity: Gap['severity'],
    code: GapCode,
    at: { file: string; line: number },
    message: string,
    found: string | undefined,
  ): void {
    if (this.items.length >= GapList.limit) return;
    const place = { file: `${this.#prefix}${at.file}`, line: at.line, code, severity, message };
    this.items.push(found === undefined ? place : { ...place, found: shorten(found) });
  }
}
