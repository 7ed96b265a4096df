import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { listFiles } from '../library/bounded-files.ts';
import { orderCourses } from '../library/course-order.ts';
import { type LoadedLesson, loadDirectory } from '../library/load-courses.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { isComposeFile } from '../used-images.ts';
import { Leftovers } from './leftovers.ts';

/** What is said of two lessons of which the first runs one text, and then the second another. */
function clashes(first: string, second: string, compose = 'services: {}'): string[] {
  const left = new Leftovers();
  for (const [id, commands] of [
    ['a/one', first],
    ['b/two', second],
  ] as const) {
    const blocks = [fence('yaml file=compose.yaml', compose), fence('sh run', commands)];
    const { lesson } = parseLesson(lessonSource(`## Do it\n\n${blocks.join('\n\n')}`), `${id}/lesson.md`, id);
    if (lesson === null) throw new Error('This is no lesson.');
    left.play(lesson, []);
  }
  return left.clashes;
}

describe('what a lesson leaves behind', () => {
  it('is in the way of a container of the same name, and of one on the same port', () => {
    const first = 'docker run -d --name web -p 127.0.0.1:8080:80 nginx';
    expect(clashes(first, 'docker create --name=web busybox')).toEqual(['container web: a/one has left it to b/two']);
    expect(clashes(first, 'docker run -dp 8080:80 --name other nginx')).toEqual([
      'port 8080: a/one has left it to b/two',
    ]);
    expect(clashes(first, 'docker run --name other -p 80 nginx && docker run busybox --name web')).toEqual([]);
  });

  it('is gone when it was removed, renamed, or removes itself', () => {
    const first = 'docker run -d --name web -p 8080:80 nginx';
    expect(clashes(`${first}\ndocker rm -f other web`, first)).toEqual([]);
    expect(clashes(`${first} && docker stop web`, first)).toHaveLength(2);
    expect(clashes(`${first}; docker stop web; docker system prune -f`, first)).toEqual([]);
    expect(clashes(`${first}; docker system prune -f`, first)).toHaveLength(2);
    expect(clashes('docker run --rm --name web -p 8080:80 nginx', first)).toEqual([]);
    expect(clashes('docker run --name web nginx; docker rename web shop', 'docker run --name web nginx')).toEqual([]);
    expect(clashes('docker run --name web nginx; docker rename web shop', 'docker run --name shop nginx')).toHaveLength(
      1,
    );
  });

  it('may be a network or a volume', () => {
    const networks = 'docker network create --internal office';
    expect(clashes(networks, networks)).toEqual(['network office: a/one has left it to b/two']);
    expect(clashes(`${networks} && docker network prune -f`, networks)).toEqual([]);
    const volumes = 'docker run --rm -v notes:/data -v ./site:/www busybox';
    expect(clashes('docker volume create notes', volumes)).toEqual(['volume notes: a/one has left it to b/two']);
    expect(clashes(`${volumes}; docker volume rm notes`, volumes)).toEqual([]);
  });

  it('may be a service, which goes with its swarm', () => {
    const create = 'docker service create --name web --publish mode=host,published=8081,target=80 nginx';
    expect(clashes(create, create)).toHaveLength(2);
    expect(clashes(create, 'docker run -d --name web -p 8081:80 nginx')).toEqual([
      'port 8081: a/one has left it to b/two',
    ]);
    expect(clashes(`${create}\ndocker service rm web`, create)).toEqual([]);
    expect(clashes(`${create}\ndocker swarm leave --force`, create)).toEqual([]);
  });

  it('may be a project of Compose', () => {
    const file = 'name: town\nservices:\n  web:\n    container_name: hall\n    ports:\n      - "8140:80"';
    expect(clashes('docker compose up -d', 'docker compose up -d', file)).toEqual([
      'project town: a/one has left it to b/two',
      'container hall: a/one has left it to b/two',
      'port 8140: a/one has left it to b/two',
    ]);
    expect(clashes('docker compose up -d && docker compose down -v', 'docker compose up -d', file)).toEqual([]);
  });
});

async function composeFilesOf({ folder }: LoadedLesson): Promise<string[]> {
  const { files } = await listFiles(join(folder, 'files'));
  const compose = files.filter(({ path }) => isComposeFile(path));
  return Promise.all(compose.map(({ path }) => readFile(join(folder, 'files', path), 'utf8')));
}

describe('the course that ships', () => {
  it('is played in one sandbox from the first lesson to the last, and no lesson is in the way of a later one', async () => {
    const loaded = await loadDirectory('lessons');
    const courses = orderCourses(
      loaded.map(({ id, course, lessons }) => ({ id, after: course?.after ?? [], lessons })),
    );
    const left = new Leftovers();
    for (const each of courses.flatMap(({ lessons }) => lessons)) {
      if (each.lesson !== null) left.play(each.lesson, await composeFilesOf(each));
    }
    expect(left.clashes).toEqual([]);
  }, 120_000);
});
