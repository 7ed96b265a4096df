import { describe, expect, it } from 'vitest';
import { renderLesson, renderSummary } from './render-report.ts';
import type { LessonReport } from './report.ts';

const passed: LessonReport = {
  lesson: 'shop/volumes',
  file: 'shop/volumes/lesson.md',
  state: 'passed',
  milliseconds: 12_300,
  reason: null,
  steps: [
    {
      id: 'make',
      title: 'Make a volume',
      milliseconds: 900,
      blocks: [],
      checks: [{ id: 'make-check-1', title: 'There is a volume', met: 'by-itself' }],
      quizzes: [],
    },
  ],
  outputs: [],
  failures: [],
  earlier: [],
  notes: [],
  problems: [],
  trouble: ['not told when all is well'],
};

describe('renderLesson', () => {
  it('takes a line for a lesson that passed', () => {
    expect(renderLesson(passed)).toBe('✓ shop/volumes (12 s, 1 step, 1 check)\n');
    expect(renderLesson({ ...passed, state: 'skipped', reason: 'No cgroup v2.' })).toContain(
      '– shop/volumes\n    No c',
    );
  });

  it('tells step, block, unmet conditions and what the terminal shows', () => {
    const text = renderLesson({
      ...passed,
      state: 'failed',
      trouble: ['sandbox died'],
      failures: [
        {
          kind: 'not-met',
          step: { id: 'make', title: 'Make a volume' },
          block: { id: 'make-check-1', kind: 'check', line: 31, text: 'There is a volume' },
          message: 'Its check is not met.',
          conditions: [
            {
              check: 'make-check-1',
              title: 'There is a volume',
              line: 31,
              message: 'There is none.',
              hint: 'Make one.',
            },
          ],
          transcripts: [{ terminal: 'main', lines: ['volumes $ docker volume crate', '', 'Usage: docker volume'] }],
        },
      ],
    });
    expect(text).toBe(`✗ shop/volumes

    shop/volumes/lesson.md:31  step “Make a volume” (#make)
    check make-check-1: There is a volume
    Its check is not met.
      line 31, “There is a volume”
          There is none.
          Hint: Make one.
    Terminal main:
      │ volumes $ docker volume crate
      │
      │ Usage: docker volume

    The server said:
        sandbox died

`);
  });
});

describe('renderSummary', () => {
  const report = { passed: 2, failed: 1, skipped: 0, interrupted: false, milliseconds: 65_000, lessons: [] };
  it('counts', () => {
    expect(renderSummary(report)).toBe('3 lessons: 2 passed, 1 failed (1 min 5 s).\n');
    expect(renderSummary({ ...report, interrupted: true, skipped: 1 })).toMatch(/^Interrupted.*1 skipped/);
  });
});
