import { describe, expect, it } from 'vitest';
import { covers, imagesInCompose, imagesInDockerfile, imagesInShell } from './used-images.ts';

describe('images in commands', () => {
  it.each([
    ['docker run busybox echo hello', ['busybox']],
    ['docker run -d --name web -p 8080:80 nginx:1.27 nginx -g daemon', ['nginx:1.27']],
    ['docker run -it --rm -v "$PWD":/src -w /src golang:1.22 go build', ['golang:1.22']],
    ['docker run -dp 80:80 nginx', ['nginx']],
    ['docker run -p8080:80 nginx', ['nginx']],
    ['docker run --env=A=1 --network none alpine', ['alpine']],
    ['docker container run --rm busybox', ['busybox']],
    ['docker create --name x busybox', ['busybox']],
    ['docker pull -q registry.example.org:5000/team/app:2', ['registry.example.org:5000/team/app:2']],
    ['docker image pull debian', ['debian']],
    ['docker pull --platform linux/amd64 debian:12', ['debian:12']],
    ['docker pull --platform=linux/amd64 -q debian', ['debian']],
    ['docker pull -a registry:5000/x', ['registry:5000/x']],
    ['sudo docker run busybox && docker run debian; docker ps | grep alpine', ['busybox', 'debian']],
    ['docker run \\\n  --name x \\\n  busybox', ['busybox']],
    ["docker run -e 'A=b c' busybox sh -c 'docker run debian'", ['busybox']],
    ['ID=$(docker run -d busybox sleep 9)', ['busybox']],
    ['# docker run debian\ndocker ps', []],
    ['docker run $IMAGE', []],
    ['docker pull scratch && docker pull scratchpad', ['scratchpad']],
    ['echo docker run busybox', []],
    ['docker tag busybox mine', ['busybox']],
  ])('%s', (command, expected) => {
    expect(imagesInShell(command).used.map((use) => use.reference)).toEqual(expected);
  });

  it('knows what is made here', () => {
    expect(
      imagesInShell(
        'docker build -t one . && docker buildx build --tag=two . && docker commit web three && docker tag one four',
      ).made,
    ).toEqual(['one', 'two', 'three', 'four']);
  });

  it('knows the line of a command', () => {
    expect(imagesInShell('ls\n\ndocker run busybox').used).toEqual([{ reference: 'busybox', line: 2 }]);
  });
});

describe('images in files', () => {
  it('of a Dockerfile are those that are no stage', () => {
    const text =
      'FROM --platform=linux/amd64 golang:1.22 AS build\nRUN --mount=type=bind,from=tools,source=/a true\nFROM scratch\nCOPY --from=build /a /a\nCOPY --from=0 /b /b\nFROM $BASE\n';
    expect(imagesInDockerfile(text)).toEqual([
      { reference: 'golang:1.22', line: 0 },
      { reference: 'tools', line: 1 },
    ]);
  });

  it('of a Compose file are used, or made where it builds', () => {
    expect(imagesInCompose('services:\n  db:\n    image: "postgres:17"\n').used).toEqual([
      { reference: 'postgres:17', line: 2 },
    ]);
    expect(imagesInCompose('services:\n  web:\n    build: .\n    image: web\n').made).toEqual(['web']);
  });

  it.each<[string, string, { used: { reference: string; line: number }[]; made: string[] }]>([
    [
      'each service for itself',
      'services:\n  web:\n    build: .\n    image: web\n  db:\n    image: postgres:16 # the database\n  cache: { image: "redis:7" }\n',
      {
        used: [
          { reference: 'postgres:16', line: 5 },
          { reference: 'redis:7', line: 6 },
        ],
        made: ['web'],
      },
    ],
    [
      'a service that takes over a build, or an image',
      'x-app: &app\n  build: .\nx-db: &db\n  image: &pg postgres:16\nservices:\n  web:\n    <<: *app\n    image: web\n  db:\n    <<: [*db]\n  other: *db\n  third:\n    image: *pg\n',
      { used: Array.from({ length: 3 }, () => ({ reference: 'postgres:16', line: 3 })), made: ['web'] },
    ],
    ['a build that names no image', 'services:\n  web:\n    build: .\n', { used: [], made: [] }],
    ['what is no service', 'volumes:\n  a:\n    image: x\n', { used: [], made: [] }],
    [
      'a service that takes over itself',
      'services:\n  web: &a\n    <<: *a\n    image: nginx\n',
      { used: [{ reference: 'nginx', line: 3 }], made: [] },
    ],
    ['what is no YAML', '\t{[', { used: [], made: [] }],
  ])('of a Compose file: %s', (_name, text, expected) => expect(imagesInCompose(text)).toEqual(expected));

  it('are the same with and without their defaults', () => {
    expect(covers('busybox', 'docker.io/library/busybox:latest')).toBe(true);
    expect(covers('busybox:1', 'busybox')).toBe(false);
  });
});
