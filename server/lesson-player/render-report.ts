import { firstLine } from './block-words.ts';
import type { Failure, LessonReport, PlayReport } from './report.ts';

/** One lesson in words: a line when it passed, all there is to know when it did not. */
export function renderLesson(report: LessonReport): string {
  const { lesson, state, milliseconds, reason, steps, outputs, failures, earlier, notes, problems, trouble, file } =
    report;
  const mark = { passed: '✓', failed: '✗', skipped: '–' }[state];
  const checks = steps.reduce((sum, step) => sum + step.checks.length, 0);
  const facts = [duration(milliseconds), count(steps.length, 'step'), count(checks, 'check')];
  const lines = [`${mark} ${lesson}${state === 'passed' ? ` (${facts.join(', ')})` : ''}`];
  if (earlier.length > 0)
    lines.push(
      `    ${state === 'passed' ? 'Passed' : 'Played'} at the ${ordinal(earlier.length + 1)} try. Before:`,
      ...earlier.flatMap(({ failures: before, trouble: said }) => [
        ...before.map((failure) => `        ${placeOf(failure, file)} ${failure.kind}: ${firstLine(failure.message)}`),
        ...said.map((words) => `        ${words}`),
      ]),
    );
  for (const note of notes) lines.push(`    ${note}`);
  if (reason !== null) lines.push(`    ${reason}`);
  for (const problem of problems)
    lines.push(`    ${problem.file}:${problem.line}:${problem.column} ${problem.code}`, `        ${problem.message}`);
  for (const failure of failures) lines.push('', ...renderFailure(failure, file).map((line) => `    ${line}`));
  if (state === 'failed' && trouble.length > 0)
    lines.push('', '    The server said:', ...trouble.map((words) => `        ${words}`));
  if (state === 'failed') lines.push('');
  const written = outputs.filter((output) => output.state === 'written').length;
  if (written > 0) lines.push(`    ${count(written, 'output')} written to ${file}`);
  const asked = steps.flatMap((step) => step.checks).filter((check) => check.met === 'asked');
  if (state === 'passed' && asked.length > 0)
    lines.push(
      `    Met only when asked, not by ${asked.length === 1 ? 'itself' : 'themselves'}: ${asked.map((check) => check.id).join(', ')}`,
    );
  for (const quiz of steps.flatMap((step) => step.quizzes))
    if (quiz.note !== null) lines.push(`    Quiz ${quiz.id}: ${quiz.note}`);
  return `${lines.join('\n')}\n`;
}

function renderFailure(failure: Failure, file: string): string[] {
  const { step, block, message, conditions, transcripts } = failure;
  const lines = [
    `${placeOf(failure, file)}  ${step === null ? 'before the first step' : `step “${step.title}” (#${step.id})`}`,
  ];
  if (block !== null) lines.push(`${block.kind} ${block.id}: ${block.text}`);
  lines.push(...message.split('\n'));
  for (const condition of conditions) {
    lines.push(`  line ${condition.line}, “${condition.title}”`, `      ${condition.message}`);
    if (condition.hint !== null) lines.push(`      Hint: ${condition.hint}`);
  }
  for (const { terminal, lines: shown } of transcripts) {
    if (shown.length === 0) continue;
    lines.push(`Terminal ${terminal}:`, ...shown.map((line) => `  │ ${line}`.trimEnd()));
  }
  return lines;
}

function placeOf({ block }: Failure, file: string): string {
  return block === null ? file : `${file}:${block.line}`;
}

function ordinal(number: number): string {
  return ['first', 'second', 'third', 'fourth'][number - 1] ?? `${number}th`;
}

export function renderSummary(report: Omit<PlayReport, 'lessons'> & Partial<Pick<PlayReport, 'lessons'>>): string {
  const { passed, failed, skipped, interrupted, milliseconds, lessons = [] } = report;
  const parts = [`${passed} passed`, `${failed} failed`, ...(skipped === 0 ? [] : [`${skipped} skipped`])];
  const stopped = interrupted ? 'Interrupted; not every lesson was played. ' : '';
  const unstable = lessons.filter(({ state, earlier }) => state === 'passed' && earlier.length > 0);
  const again = unstable.map(({ lesson }) => `${lesson} passed only when it was played again.\n`).join('');
  return `${again}${stopped}${count(passed + failed + skipped, 'lesson')}: ${parts.join(', ')} (${duration(milliseconds)}).\n`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `0.4 s`, `34 s`, `2 min 5 s` */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
