import { expect, test, vi } from 'vitest';
import { Emitter } from '../emitter.ts';
import type { LibraryChange } from '../lessons/library/library-state.ts';
import { AuthorPages } from './author-pages.ts';
import { followLibrary } from './follow-library.ts';
import type { PageSocket } from './page-socket.ts';

const learner = { learner: 'ada', mayAuthor: false };
const author = { learner: 'bob', mayAuthor: true };

function setting(
  open: Record<string, (typeof learner)[]>,
  readable: { sound: string[]; broken: string[]; unreadable?: string[] },
) {
  const changed = new Emitter<LibraryChange>((error) => expect.fail(String(error)));
  const done: string[] = [];
  const slow = new Map<string, Promise<void>>();
  const pages: { actor: typeof learner; page: PageSocket; lesson: string }[] = [];
  followLibrary({
    library: {
      changed,
      ids: () => [...readable.sound, ...readable.broken, ...(readable.unreadable ?? [])],
      has: (id, { broken = false } = {}) => readable.sound.includes(id) || (broken && readable.broken.includes(id)),
    },
    sessions: {
      actorsIn: (lesson) => open[lesson] ?? [],
      renew: async (who, lesson) => {
        done.push(`renew ${who} ${lesson}`);
        await slow.get(who);
      },
    },
    authors: { of: (lesson) => pages.filter((page) => page.lesson === lesson) },
    gateway: { tell: (who, name, fact) => void done.push(`${name} ${who} ${JSON.stringify(fact)}`) },
    logger: { debug: () => undefined, error: (_fields, words) => expect.fail(words) },
  });
  const show = (actor: typeof learner, lesson: string): void => {
    const send: PageSocket['send'] = (name, fact) => void done.push(`page ${name} ${JSON.stringify(fact)}`);
    pages.push({ actor, lesson, page: { id: `p${pages.length}`, send } });
  };
  return { changed, done, show, slow };
}

test('a session has the new text before its pages are told', async () => {
  const { changed, done } = setting({ 'c/one': [learner, author] }, { sound: ['c/one', 'c/two'], broken: [] });
  changed.emit({ lessons: ['c/one'], nearby: ['c/two'] });
  await vi.waitFor(() =>
    expect(done).toEqual([
      'renew ada c/one',
      'renew bob c/one',
      'lesson:changed ada {"lesson":"c/one"}',
      'lesson:changed bob {"lesson":"c/one"}',
    ]),
  );
});

test('nobody waits for another learner’s sandbox, and one change comes after the other', async () => {
  const { changed, done, slow } = setting({ 'c/one': [learner, author] }, { sound: ['c/one'], broken: [] });
  let go: () => void = () => undefined;
  slow.set('ada', new Promise((resolve) => (go = resolve)));
  changed.emit({ lessons: ['c/one'], nearby: [] });
  changed.emit({ lessons: ['c/one'], nearby: [] });
  const first = ['renew ada c/one', 'renew bob c/one', 'lesson:changed bob {"lesson":"c/one"}'];
  await vi.waitFor(() => expect(done).toEqual(first), 15_000);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done).toEqual(first);
  go();
  await vi.waitFor(() => expect(done).toHaveLength(8), 15_000);
});

test('pages whose neighbours changed read again, and nothing else happens to them', async () => {
  const { changed, done } = setting({ 'c/two': [learner] }, { sound: ['c/two'], broken: [] });
  changed.emit({ lessons: [], nearby: ['c/two'] });
  await vi.waitFor(() => expect(done).toEqual(['lesson:changed ada {"lesson":"c/two"}']), 15_000);
});

test('what breaks stays as it was for learners; authors see it', async () => {
  const { changed, done } = setting({ 'c/one': [learner, author] }, { sound: [], broken: ['c/one'] });
  changed.emit({ lessons: ['c/one'], nearby: [] });
  await vi.waitFor(() => expect(done).toEqual(['renew bob c/one', 'lesson:changed bob {"lesson":"c/one"}']), 15_000);
});

test('an author’s page of a lesson that cannot be read at all is told once', async () => {
  const { changed, done, show } = setting({ 'c/one': [author] }, { sound: [], broken: [], unreadable: ['c/one'] });
  show(author, 'c/one');
  show({ learner: 'eve', mayAuthor: true }, 'c/one');
  show({ learner: 'eve', mayAuthor: true }, 'c/two');
  changed.emit({ lessons: ['c/one'], nearby: [] });
  await vi.waitFor(() =>
    expect(done).toEqual(['lesson:changed bob {"lesson":"c/one"}', 'page lesson:changed {"lesson":"c/one"}']),
  );
});

test('an author’s page is told of checks until it leaves', async () => {
  const sent: unknown[] = [];
  const page: PageSocket = { id: 'p', send: (...fact) => void sent.push(fact) };
  const observers = new Set<Parameters<ConstructorParameters<typeof AuthorPages>[0]['sessions']['observe']>[2]>();
  const entered: string[] = [];
  const pages = new AuthorPages({
    sessions: {
      enter: async (_actor, lesson) => {
        entered.push(lesson);
      },
      observe: (_learner, _lesson, observer) => {
        observers.add(observer);
        return { dispose: () => observers.delete(observer) };
      },
    },
  });
  const check = { id: 'a', title: 'A', step: 's', line: 3, source: 'x' };
  const tell = (id: string) => {
    for (const observer of observers) observer([{ id, state: 'unmet', message: 'No.', hint: null }]);
  };
  await pages.show(author, page, 'c/one', [check]);
  tell('a');
  tell('of a newer text');
  expect(sent).toEqual([
    ['author:observed', { lesson: 'c/one', checks: [{ ...check, state: 'unmet', message: 'No.', hint: null }] }],
  ]);
  await pages.show(author, page, 'c/two', [check]);
  expect(observers.size).toBe(1);
  pages.leave(page, 'c/one');
  expect(observers.size).toBe(1);
  pages.leave(page, 'c/two');
  expect(observers.size).toBe(0);
  await pages.show(author, page, 'c/unreadable', null);
  expect(entered).toEqual(['c/one', 'c/two']);
  expect(pages.of('c/unreadable')).toMatchObject([{ actor: author, page }]);
  pages.dispose();
  expect(pages.of('c/unreadable')).toEqual([]);
});
