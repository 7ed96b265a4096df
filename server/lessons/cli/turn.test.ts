import { describe, expect, it } from 'vitest';
import { changedFiles, partOf, readTurn, takeTurn, turns } from './turn.ts';

const lessons = Array.from({ length: 90 }, (_, index) => ({
  id: `course/lesson-${index}`,
  folder: `/clone/lessons/course/lesson-${index}`,
  images: index === 7 ? ['/clone/images/busybox'] : [],
}));
const take = (number: number, changed: string[] | null = []) =>
  takeTurn(lessons, { number, from: null }, { changed, root: '/clone' });

describe('a turn', () => {
  it('is numbered by us, by the CI, or by nobody', () => {
    expect(readTurn('auto', { DRYDOCK_TURN: '4', GITHUB_RUN_NUMBER: '5' })).toEqual({
      number: 4,
      from: 'DRYDOCK_TURN',
    });
    expect(readTurn('auto', { BUILD_NUMBER: '12' })).toEqual({ number: 12, from: 'BUILD_NUMBER' });
    expect(readTurn('auto', { BUILD_NUMBER: 'main-12' })).toBeNull();
    expect(readTurn('auto', {})).toBeNull();
    expect(readTurn('2', { BUILD_NUMBER: '12' })).toEqual({ number: 2, from: null });
  });

  it('comes to every lesson once in three, in parts of about the same size', () => {
    const parts = [7, 8, 9].map((number) => take(number).chosen);
    expect(new Set(parts.flatMap((part) => [...part])).size).toBe(lessons.length);
    for (const part of parts) expect(part.size).toBeGreaterThan(lessons.length / turns / 2);
    expect(parts.reduce((sum, part) => sum + part.size, 0)).toBe(lessons.length);
  });

  it('is the same for a lesson whatever comes beside it', () => {
    expect(['first-steps/first-container', 'compose/why-compose'].map(partOf)).toEqual([0, 0]);
  });

  it('takes along what changed, and whose images changed', () => {
    const idle = lessons.filter(({ id }) => partOf(id) !== 0 && id !== 'course/lesson-7');
    const changed = [`${idle[0]?.folder}/lesson.md`, '/clone/images/busybox/Dockerfile', '/clone/README.md'];
    const { chosen, words } = take(0, changed);
    expect(chosen).toContain(idle[0]?.id);
    expect(chosen).toContain('course/lesson-7');
    expect(chosen).not.toContain(idle[1]?.id);
    expect(words).toContain(`${chosen.size} of 90 lessons are played`);
    expect(words).toContain('2 that changed');
  });

  it('takes everything when what judges the lessons changed, or nobody knows what changed, and says why', () => {
    expect(take(0, ['/clone/server/checks/evaluate.ts']).chosen.size).toBe(lessons.length);
    const unknown = take(0, null);
    expect(unknown.chosen.size).toBe(lessons.length);
    expect(unknown.words).toContain('all 90 lessons are played, because git does not tell what changed');
  });
});

describe('what changed', () => {
  const git = (answers: Record<string, string>) => async (argv: readonly string[]) => answers[argv.join(' ')] ?? null;
  const top = { 'rev-parse --show-toplevel': '/clone\n' };
  const diff = 'diff --name-only --no-renames -z';
  const others = 'ls-files --others --exclude-standard --full-name -z -- :/';

  it('is asked of git, since the base that is known', async () => {
    const answers = { ...top, 'merge-base HEAD origin/main': 'abc\n', [`${diff} abc`]: 'a b.md\0c.md\0' };
    const files = ['/clone/a b.md', '/clone/c.md'];
    const env = { GITHUB_BASE_REF: 'main' };
    expect(await changedFiles(env, git({ ...answers, [others]: '' }))).toEqual(files);
    const withNew = git({ ...answers, [others]: 'new/lesson.md\0' });
    expect(await changedFiles(env, withNew), 'what git does not know yet').toEqual([...files, '/clone/new/lesson.md']);
  });

  it('is counted from fifty commits ago where the base is not in the clone', async () => {
    const answers = { ...top, 'merge-base HEAD HEAD~50': 'def\n', [`${diff} def`]: '', [others]: '' };
    expect(await changedFiles({ DRYDOCK_BASE: 'gone', CI_COMMIT_BEFORE_SHA: '0000' }, git(answers))).toEqual([]);
  });

  it('is not known without git or history, nor from a name that is an option', async () => {
    expect(await changedFiles({}, git({}))).toBeNull();
    expect(await changedFiles({ DRYDOCK_BASE: '--output=x' }, git(top))).toBeNull();
  });
});
