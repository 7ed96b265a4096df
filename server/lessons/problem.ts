/** Where something stands in a file. Both numbers begin at 1; a column counts UTF-16 units, as editors do. */
export interface SourceSpot {
  line: number;
  column: number;
}

export interface Problem extends SourceSpot {
  /** Relative to the folder that was asked for. */
  file: string;
  code: ProblemCode;
  severity: 'error' | 'warning';
  message: string;
  /** What stands there. */
  found?: string;
  /** What was probably meant. */
  expected?: string;
}

/** Every problem a lesson can have, with what it means. Codes are stable: programs read them. */
export const problemCodes = {
  'source.too-large': 'The file is larger than a lesson may be.',
  'source.too-dense': 'A paragraph, a table or a list holds so much that reading it takes too long.',
  'source.unreadable': 'The file cannot be read, or not be understood at all.',
  'source.character': 'A character that cannot be seen, or text that is not UTF-8.',
  'front-matter.missing': 'The file does not begin with YAML between two lines of ---.',
  'yaml.syntax': 'The YAML cannot be read.',
  'yaml.tab': 'A tab stands where YAML wants spaces.',
  'yaml.duplicate-key': 'The same key stands twice.',
  'key.unknown': 'There is no such key here; mostly a misspelling.',
  'key.missing': 'A key that is required is not there.',
  'value.wrong': 'The value does not fit its key.',
  'fence.language': 'The language of a block is misspelt, or not the one its options need.',
  'fence.unknown-option': 'There is no such option; mostly a misspelling.',
  'fence.option-value': 'The value of an option does not fit.',
  'fence.conflict': 'Two options do not go together.',
  'fence.nested': 'A block that does something stands inside a list, a quote or a table.',
  'output.no-command': 'An output stands where no command before it could have printed it.',
  'fence.empty': 'A block that does something has no content.',
  'fence.unclosed': 'A block is never closed, so it swallows the rest of the file.',
  'html.not-allowed': 'HTML other than details, summary and comments.',
  'hint.shape': 'A <details> hint is not closed, not opened, or has no <summary>.',
  'callout.unknown': 'A call-out of a kind that does not exist.',
  'callout.nested': 'A call-out stands inside a list or a quote.',
  'heading.level': 'A heading of the first level: the title stands in the front matter.',
  'heading.empty': 'A ## heading has no words.',
  'heading.id': 'An id in braces is not made of a-z, 0-9 and hyphens.',
  'id.duplicate': 'Two headings have the same id.',
  'variable.unknown': 'A variable is used that the front matter does not declare.',
  'variable.unused': 'A variable is declared and never used.',
  'variable.default': 'The default of a variable does not match its own pattern.',
  'variable.misplaced': 'A variable stands where none is filled in: in the front matter, or in an option.',
  'pattern.invalid': 'A regular expression cannot be read.',
  'pattern.slow': 'A regular expression can take so long that no check may use it.',
  'check.no-subject': 'A check names nothing to look at.',
  'check.two-subjects': 'A check names more than one thing to look at.',
  'check.no-condition': 'A check or a hint states no condition.',
  'check.contradiction': 'Conditions of a check that exclude each other, or one that is never looked at.',
  'check.hint-unreachable': 'A hint that can never be shown.',
  'quiz.kind': 'A quiz has neither choices nor an answer, or both.',
  'quiz.no-right-choice': 'No choice of a quiz is right.',
  'quiz.no-wrong-choice': 'No choice of a quiz is wrong.',
  'quiz.duplicate-choice': 'Two choices of a quiz are the same.',
  'quiz.choice-place': 'A quiz names a choice by its place, and its choices are shuffled.',
  'quiz.any-answer': 'The pattern of a quiz takes any answer.',
  'diagram.type': 'A diagram does not begin with a type Mermaid knows.',
  'file.lines': '`lines=` names lines the file does not have then.',
  'solution.misplaced': 'A solution stands before the first step, or in a step without check and quiz.',
  'run.nothing-to-interrupt': '`interrupt` in a terminal in which no block has run anything before.',
  'step.no-check': 'A step has neither check nor quiz.',
  'step.no-way-to-pass': 'A step has a check, and no run, file or solution block that could make it pass.',
  'lesson.no-steps': 'A lesson has no ## heading.',
  'link.dead': 'A relative link leads nowhere.',
  'link.unsafe': 'A link of a kind that is not allowed.',
  'media.dead': 'An image is not in the lesson.',
  'media.no-description': 'An image has no words for people who cannot see it.',
  'media.remote': 'An image lies on another server; the lab works without the internet.',
  'image.undeclared': 'An image is used that the front matter does not declare.',
  'image.unused': 'An image is declared and never used.',
  'image.not-in-catalogue': 'A lesson without internet declares an image that labs do not serve.',
  'image.hub-only': 'A lesson without internet declares an image that labs have only where Docker Hub can be reached.',
  'after.unknown': 'A prerequisite does not exist.',
  'after.unreachable': 'A prerequisite exists, and its course does not list it.',
  'after.later': 'A prerequisite comes later in the same course.',
  'after.cycle': 'Lessons are prerequisites of each other.',
  'course.after-unknown': '`after` of a course.yaml names a course that does not exist.',
  'course.after-cycle': 'Courses come after each other, or one comes after itself.',
  'placement.unknown-course': 'placement.yaml asks about a course that does not exist.',
  'placement.duplicate': 'placement.yaml asks the same question twice.',
  'course.missing': 'A folder of lessons has no course.yaml.',
  'course.duplicate': 'Two directories hold a course of the same id.',
  'course.lesson-missing': 'course.yaml names a lesson that is not there.',
  'course.lesson-unlisted': 'A lesson is there that course.yaml does not name.',
  'folder.name': 'A folder is not named in a-z, 0-9 and hyphens.',
  'glossary.shape': 'A glossary holds something other than terms with a paragraph each and a line “See also:”.',
  'glossary.no-definition': 'A term of a glossary has no first sentence that defines it.',
  'glossary.long': 'The explanation of a term is longer than a glossary’s should be.',
  'glossary.order': 'Terms of a glossary are not in alphabetical order.',
  'glossary.unused': 'A term that no lesson links to, and that links to no lesson.',
  'cheat-sheet.no-sentence': 'Lessons carry out a command for which cheat-sheet.yaml has no sentence.',
  'cheat-sheet.unused': 'cheat-sheet.yaml explains a command or an option that no lesson uses.',
  'cheat-sheet.example': 'The example or the lesson that cheat-sheet.yaml names for a command is not to be found.',
  'cheat-sheet.duplicate': 'cheat-sheet.yaml explains a command twice.',
  'files.refused': 'A file that is handed to the learner is too large, or no plain file.',
} as const;

export type ProblemCode = keyof typeof problemCodes;

export interface ProblemWords {
  message: string;
  found?: string | undefined;
  expected?: string | undefined;
}

/** Collects the problems of one file; a broken file cannot make it grow without end. */
export class ProblemList {
  readonly items: Problem[] = [];
  readonly file: string;
  static readonly limit = 200;

  constructor(file: string) {
    this.file = file;
  }

  error(code: ProblemCode, at: SourceSpot, words: ProblemWords): void {
    this.#add('error', code, at, words);
  }

  warning(code: ProblemCode, at: SourceSpot, words: ProblemWords): void {
    this.#add('warning', code, at, words);
  }

  get hasErrors(): boolean {
    return this.items.some((problem) => problem.severity === 'error');
  }

  #add(severity: Problem['severity'], code: ProblemCode, at: SourceSpot, words: ProblemWords): void {
    if (this.items.length >= ProblemList.limit) return;
    this.items.push({
      file: this.file,
      line: at.line,
      column: at.column,
      code,
      severity,
      message: words.message,
      ...(words.found === undefined ? {} : { found: shorten(words.found) }),
      ...(words.expected === undefined ? {} : { expected: shorten(words.expected) }),
    });
  }
}

export function comparePlaces(a: Problem, b: Problem): number {
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column || a.code.localeCompare(b.code);
}

/** Fit to be quoted in a message: one line, at most 80 characters. */
export function shorten(text: string, limit = 80): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
