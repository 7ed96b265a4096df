import { writeFence } from './dialect.ts';
import { type DraftFile, type DraftStep, folderName } from './draft-lesson.ts';
import type { GapList } from './gap.ts';
import { KillercodaDialect } from './killercoda-dialect.ts';
import type { Chapter } from './killercoda-scenario.ts';
import { readScript, type Script } from './killercoda-script.ts';
import { LessonMedia } from './lesson-media.ts';
import { resolveInside, type SourceFolder } from './source-folder.ts';
import { type TranslatedText, translateText } from './translate-text.ts';

/** What a chapter without a text has. */
export function noText(): TranslatedText & { read: boolean } {
  return { markdown: '', acts: false, read: false };
}

/** Reads the chapters of one scenario: texts and scripts. What the learner needs of it lies in `files` and `media`. */
export class ChapterReader {
  readonly files = new Map<string, DraftFile>();
  readonly media: LessonMedia;
  readonly #source: SourceFolder;
  readonly #gaps: GapList;
  readonly #dialect: KillercodaDialect;

  constructor(source: SourceFolder, gaps: GapList) {
    this.#source = source;
    this.#gaps = gaps;
    this.#dialect = new KillercodaDialect(gaps);
    this.media = new LessonMedia(source, gaps);
  }

  async step(chapter: Chapter, title: string, number: number): Promise<DraftStep> {
    const text = await this.text(chapter, title);
    const setup = await this.background(chapter);
    const foreground = await this.foreground(chapter);
    const verify = await this.#script(chapter.verify);
    return {
      title,
      body: [foreground, text.markdown].filter(Boolean).join('\n\n'),
      at:
        text.read && chapter.text !== null
          ? { file: chapter.text.value, line: 1 }
          : { file: 'index.json', line: chapter.line },
      acts: text.acts || foreground !== '',
      verify: verify === null ? null : this.#command(verify, `verify-${number}`, 4000),
      setup,
    };
  }

  async text(chapter: Chapter, title: string): Promise<TranslatedText & { read: boolean }> {
    if (chapter.text === null) return noText();
    const file = resolveInside('', chapter.text.value);
    const source = file === null ? { refused: 'it leads out of the source' } : await this.#source.readText(file);
    if (typeof source === 'string' && file !== null)
      return {
        ...(await translateText(source, { file, title, dialect: this.#dialect, gaps: this.#gaps, media: this.media })),
        read: true,
      };
    const refused = typeof source === 'string' ? '' : source.refused;
    this.#gaps.gap(
      'source.unreadable',
      { file: 'index.json', line: chapter.text.line },
      `This text is not read: ${refused}.`,
      chapter.text.value,
    );
    return noText();
  }

  /** What Killercoda runs unseen when the step opens. */
  async background(chapter: Chapter): Promise<string[]> {
    const script = await this.#script(chapter.background);
    if (script === null || chapter.background === null) return [];
    this.#gaps.note(
      'script.automatic',
      { file: chapter.background.value, line: 1 },
      'This script is a `sh setup` block now. The lab waits for its end before the step opens, and runs it again in a fresh sandbox: it has to be safe to run twice.',
    );
    return [this.#command(script, chapter.background.value, Number.POSITIVE_INFINITY)];
  }

  /** What Killercoda types when the step opens: the learner runs it here. */
  async foreground(chapter: Chapter): Promise<string> {
    const script = await this.#script(chapter.foreground);
    if (script === null || chapter.foreground === null) return '';
    this.#gaps.gap(
      'script.automatic',
      { file: chapter.foreground.value, line: 1 },
      'This script was typed by itself when the step opened. It is a block with a Run button now, at the beginning of the step.',
    );
    return writeFence({
      language: 'sh',
      options: 'run',
      content: this.#command(script, chapter.foreground.value, 200),
    });
  }

  async #script(reference: Chapter['verify']): Promise<Script | null> {
    return reference === null ? null : readScript(this.#source, reference, this.#gaps);
  }

  /** The script itself, or where it is longer or not for a shell, a call of it in the workspace. */
  #command(script: Script, name: string, longest: number): string {
    if (script.shell && script.content.length <= longest && !script.content.includes('\0')) return script.content;
    const path = `.scripts/${folderName(name.replace(/\.\w+$/, ''), 'script')}${script.shell ? '.sh' : ''}`;
    this.files.set(path, { content: Buffer.from(script.whole), executable: true });
    return script.shell ? `bash ${path}` : `./${path}`;
  }
}
