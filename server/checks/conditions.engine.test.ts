import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { conditionKeys, type Subject, subjects } from '../../protocol/check-schema.ts';
import { answering, type EngineWorld, listening, makeEngineWorld, makeTools, serve } from './engine-world.ts';

/**
 * Every condition of the format on a real daemon: once as it holds, once as it does not, with the words a learner
 * reads. Unit tests have the finer cases.
 */
const fill = `${makeTools}
mkdir -p /tmp/b/links && cd /tmp/b
printf 'one' > first
cat > Dockerfile <<'END'
FROM tools:1
LABEL version=2
ENV MODE=prod
COPY first /data/first
USER 5
EXPOSE 8080 53/udp
ENTRYPOINT ["/usr/bin/bash"]
CMD ["-c", "exec sleep 600"]
END
docker build -q -t site .
printf 'FROM tools:1\nHEALTHCHECK --interval=1s CMD ["/usr/bin/bash", "-c", "true"]\n' | docker build -q -t well -
docker network create --internal --subnet 172.31.9.0/24 back
docker volume create data
docker run -d --name web --network back -p 8080:80 -v data:/data -v /tmp/b:/site:ro --tmpfs /cache \\
  -e MODE=dev --label tier=front --restart on-failure:3 -m 64m tools:1 bash -c 'echo kept > /data/note; echo ready; echo > /changed; exec sleep 600'
docker run -d --name plain tools:1 sleep 600
docker run --name done tools:1 bash -c 'exit 3' || true
docker create --name fresh tools:1 sleep 1
docker run -d --name healthy well sleep 600
docker run -d --name listener --network back tools:1 socat TCP-LISTEN:5432,fork,reuseaddr PIPE
for n in 1 2; do docker run -d --label com.docker.compose.project=shop --label com.docker.compose.service=front --name shop-front-$n tools:1 sleep 600; done
docker run -d --name server -p 8090:80 tools:1 bash -c '${serve('HTTP/1.0 418 Teapot\\r\\nX-Kind: tea pot\\r\\n\\r\\nhello tea')}'
${answering(8090)}
${listening('listener', 5432)}
for n in $(seq 30); do [ "$(docker inspect -f '{{.State.Health.Status}}' healthy)" = healthy ] && break; sleep 0.5; done
`;

type Row = [condition: string, yaml: string, state: 'met' | 'unmet', words: string];

const rows: Record<Subject, Row[]> = {
  container: [
    ['state', 'container: web\nstate: running', 'met', 'web is running'],
    ['state', 'container: web\nstate: exited', 'unmet', 'web is running. It has to have ended.'],
    ['state', 'container: done\nstate: exited', 'met', 'done has ended with exit status 3'],
    ['state', 'container: fresh\nstate: created', 'met', 'fresh was made'],
    // Met only where containers have control groups of their own.
    ['state', 'container: web\nstate: paused', 'unmet', 'web is running. It has to be paused.'],
    ['state', 'container: gone\nstate: absent', 'met', 'There is no container named gone.'],
    ['state', 'container: web\nstate: absent', 'unmet', 'There is still a container named web'],
    ['image', 'container: web\nimage: tools:1', 'met', 'It was made from tools:1'],
    ['image', 'container: web\nimage: site', 'unmet', 'it was made from tools:1; it has to be made from site'],
    ['ports', 'container: server\nports: ["8090:80"]', 'met', 'It publishes 8090:80'],
    ['ports', 'container: server\nports: ["80:8090"]', 'unmet', '8090:80'],
    ['env', 'container: web\nenv: { MODE: dev }', 'met', 'MODE=dev'],
    ['env', 'container: web\nenv: { MODE: prod }', 'unmet', 'MODE is `dev` in web; it has to be `prod`'],
    ['labels', 'container: web\nlabels: [tier]', 'met', 'tier=front'],
    ['labels', 'container: web\nlabels: [owner]', 'unmet', 'there is no label owner on web'],
    ['networks', 'container: web\nnetworks: back', 'met', 'It is attached to back'],
    ['networks', 'container: plain\nnetworks: [back]', 'unmet', 'it is attached to bridge'],
    [
      'mounts',
      'container: web\nmounts: ["data:/data", "/tmp/b:/site:ro", { type: tmpfs, target: /cache }]',
      'met',
      'Mounted as asked',
    ],
    ['mounts', 'container: web\nmounts: ["dta:/data"]', 'unmet', 'there is the volume `data`; it has to be `dta`'],
    ['mounts', 'container: web\nmounts: ["data:/data:ro"]', 'unmet', '/data can be written to'],
    ['command', 'container: plain\ncommand: sleep 600', 'met', 'It runs `sleep 600`'],
    ['command', 'container: plain\ncommand: [sleep, "60"]', 'unmet', 'it has to run `sleep 60`'],
    ['user', 'container: plain\nuser: root', 'met', 'It runs as root'],
    ['user', 'container: plain\nuser: app', 'unmet', 'it runs as root; it has to run as `app`'],
    ['exitCode', 'container: done\nexitCode: 3', 'met', 'exit status 3'],
    ['exitCode', 'container: done\nexitCode: 0', 'unmet', 'exit status 3, but its exit status has to be 0'],
    ['exitCode', 'container: web\nexitCode: 0', 'unmet', 'it has not ended yet'],
    ['restart', 'container: web\nrestart: "on-failure:3"', 'met', '`on-failure:3`'],
    ['restart', 'container: web\nrestart: on-failure', 'met', '`on-failure:3`'],
    ['restart', 'container: web\nrestart: "on-failure:5"', 'unmet', '`on-failure:3`; it has to be `on-failure:5`'],
    ['restart', 'container: plain\nrestart: always', 'unmet', '`no`; it has to be `always`'],
    ['health', 'container: healthy\nhealth: healthy', 'met', '`healthy`'],
    ['health', 'container: plain\nhealth: healthy', 'unmet', 'it has no health check'],
    ['memory', 'container: web\nmemory: 64m', 'met', '64 MiB'],
    [
      'memory',
      'container: web\nmemory: "< 32m"',
      'unmet',
      'its memory limit is 64 MiB; it has to be smaller than 32 MiB',
    ],
    ['logs', 'container: web\nlogs: ready', 'met', 'Its log contains `ready`'],
    ['logs', 'container: web\nlogs: steady', 'unmet', 'its log does not contain `steady`. The last line is `ready`'],
    ['differs', 'container: web\ndiffers: /changed', 'met', 'added /changed'],
    ['differs', 'container: web\ndiffers: /else', 'unmet', 'it has not changed /else; so far it has changed'],
    ['count', 'container: { label: tier }\ncount: 1', 'met', 'There is 1 container with the label tier: web'],
    ['count', 'container: { image: "tools:1" }\nstate: exited\ncount: 2', 'unmet', 'it has to be 2'],
    ['count', 'container: { label: com.docker.compose.project=shop, count: ">= 2" }', 'met', 'shop-front-1'],
  ],
  image: [
    ['state', 'image: site\nstate: present', 'met', 'The image site is here'],
    ['state', 'image: shop\nstate: present', 'unmet', 'There is no image shop. These are here:'],
    ['state', 'image: site\nstate: absent', 'unmet', 'The image site is still here'],
    ['size', 'image: site\nsize: "> 1MB"', 'met', 'MB'],
    ['size', 'image: site\nsize: "< 1kB"', 'unmet', 'it has to be smaller than 1 kB'],
    ['layers', 'image: site\nlayers: 2', 'met', '2 layers'],
    ['layers', 'image: site\nlayers: "> 5"', 'unmet', 'it has 2 layers; it has to be more than 5'],
    ['from', 'image: site\nfrom: tools', 'met', 'It is built from tools'],
    ['from', 'image: tools\nfrom: site', 'unmet', 'it is not built from site'],
    ['from', 'image: site\nfrom: debian', 'unmet', 'debian is not here'],
    ['user', 'image: site\nuser: 5', 'met', 'Its USER is `5`'],
    ['user', 'image: tools\nuser: app', 'unmet', 'its USER is root, because none is set'],
    ['cmd', 'image: site\ncmd: ["-c", "exec sleep 600"]', 'met', 'Its CMD is'],
    ['cmd', 'image: site\ncmd: [ls]', 'unmet', 'it has to be `["ls"]`'],
    ['entrypoint', 'image: site\nentrypoint: /usr/bin/bash', 'met', 'Its ENTRYPOINT is'],
    ['entrypoint', 'image: tools\nentrypoint: ls', 'unmet', 'it has no ENTRYPOINT'],
    ['env', 'image: site\nenv: [MODE=prod]', 'met', 'MODE=prod'],
    ['env', 'image: site\nenv: { MODE: dev }', 'unmet', 'MODE is `prod` in it; it has to be `dev`'],
    ['exposes', 'image: site\nexposes: [8080, 53/udp]', 'met', 'It exposes 8080 and 53/udp'],
    ['exposes', 'image: site\nexposes: [443]', 'unmet', 'it has to expose 443'],
    ['labels', 'image: site\nlabels: { version: 2 }', 'met', 'version=2'],
    ['labels', 'image: site\nlabels: { version: 1 }', 'unmet', 'version is `2` on it; it has to be `1`'],
    ['history', 'image: site\nhistory: COPY first', 'met', 'Its history contains `COPY first`'],
    ['history', 'image: site\nhistory: apt-get', 'unmet', 'no step of its history contains `apt-get`'],
    ['file', 'image: site\nfile: { path: /data/first, contains: one }', 'met', 'It holds the file /data/first'],
    ['file', 'image: site\nfile: { path: /data/first, contains: two }', 'unmet', 'does not contain `two`'],
    ['file', 'image: site\nfile: { path: /data/second }', 'unmet', 'there is no file /data/second'],
    ['sharesLayersWith', 'image: site\nsharesLayersWith: tools', 'met', 'It shares layers with tools'],
    ['sharesLayersWith', 'image: site\nsharesLayersWith: debian', 'unmet', 'debian'],
  ],
  network: [
    ['state', 'network: back\nstate: present', 'met', 'The network back is here'],
    ['state', 'network: front\nstate: present', 'unmet', 'There is no network front. These exist: back.'],
    ['driver', 'network: back\ndriver: bridge', 'met', 'with the driver bridge'],
    ['driver', 'network: back\ndriver: macvlan', 'unmet', 'its driver is `bridge`; it has to be `macvlan`'],
    ['internal', 'network: back\ninternal: true', 'met', 'It is internal'],
    ['internal', 'network: back\ninternal: false', 'unmet', 'it is internal'],
    ['subnet', 'network: back\nsubnet: 172.31.9.0/24', 'met', 'Its subnet is 172.31.9.0/24'],
    ['subnet', 'network: back\nsubnet: 10.0.0.0/8', 'unmet', 'it has to be 10.0.0.0/8'],
    ['containers', 'network: back\ncontainers: [web, listener]', 'met', 'Attached to it: web and listener'],
    ['containers', 'network: back\ncontainers: plain', 'unmet', 'plain is not attached to it'],
    [
      'reaches',
      'network: back\nreaches: { from: web, to: listener, port: 5432 }',
      'met',
      'web reaches listener on port 5432',
    ],
    [
      'reaches',
      'network: back\nreaches: { from: plain, to: listener, port: 5432 }',
      'unmet',
      'plain gets no connection to listener',
    ],
    ['reaches', 'network: back\nreaches: { from: done, to: listener, port: 5432 }', 'unmet', 'done is not running'],
  ],
  volume: [
    ['state', 'volume: data\nstate: present', 'met', 'The volume data is here'],
    ['state', 'volume: dta\nstate: present', 'unmet', 'There is no volume dta. These exist: data.'],
    ['driver', 'volume: data\ndriver: local', 'met', 'Its driver is `local`'],
    ['driver', 'volume: data\ndriver: nfs', 'unmet', 'its driver is `local`; it has to be `nfs`'],
    ['usedBy', 'volume: data\nusedBy: web', 'met', 'It is used by web'],
    ['usedBy', 'volume: data\nusedBy: plain', 'unmet', 'plain does not use it: it is used by web'],
    ['file', 'volume: data\nfile: { path: note, contains: kept }', 'met', 'It holds the file note'],
    ['file', 'volume: data\nfile: { path: note, contains: lost }', 'unmet', 'its file note does not contain `lost`'],
  ],
  compose: [
    [
      'services',
      'compose: shop\nservices: { front: { state: running, count: 2, health: none } }',
      'met',
      '2 containers',
    ],
    ['services', 'compose: shop\nservices: { front: { count: 3 } }', 'unmet', 'it has to be 3'],
    ['services', 'compose: shop\nservices: { front: { health: healthy } }', 'unmet', 'without a health check'],
    ['services', 'compose: shop\nservices: { back: { state: running } }', 'unmet', 'The service back has no container'],
    ['services', 'compose: shop\nservices: { back: { state: absent }, front: { state: running } }', 'met', 'shop'],
  ],
  http: [
    ['status', 'http: 8090/\nstatus: 418', 'met', 'answers with status 418'],
    ['status', 'http: 8090/\nstatus: 200', 'unmet', 'with status 418; it has to be 200'],
    ['status', 'http: 8091/\nstatus: 200', 'unmet', 'no running container publishes port 8091'],
    ['contains', 'http: 8090/\ncontains: hello', 'met', 'the page contains `hello`'],
    ['contains', 'http: 8090/\ncontains: bye', 'unmet', 'the page does not contain `bye`'],
    ['matches', 'http: 8090/\nmatches: ^hello', 'met', 'the page contains `hello`'],
    ['matches', 'http: 8090/\nmatches: ^tea', 'unmet', 'no line of the answer’s body begins with `tea`'],
    ['matches', 'http: 8090/\nmatches: ^milk', 'unmet', 'the page does not contain `milk`'],
    ['header', 'http: 8090/\nheader: { x-kind: tea }', 'met', 'its header x-kind is `tea pot`'],
    ['header', 'http: 8090/\nheader: { x-kind: coffee }', 'unmet', 'it has to contain `coffee`'],
    ['header', 'http: 8090/\nheader: { x-other: a }', 'unmet', 'without the header x-other'],
  ],
  file: [
    ['state', 'file: Dockerfile\nstate: present', 'met', 'Dockerfile is there'],
    ['state', 'file: dockerfile\nstate: present', 'unmet', 'There is Dockerfile; the name has to be exact'],
    ['contains', 'file: Dockerfile\ncontains: FROM', 'met', 'It contains `FROM`'],
    ['contains', 'file: Dockerfile\ncontains: RUN', 'unmet', 'it does not contain `RUN`'],
    ['matches', 'file: Dockerfile\nmatches: ^COPY', 'met', 'Its instructions are'],
    ['matches', 'file: Dockerfile\nmatches: ^RUN', 'unmet', 'it has no RUN instruction yet'],
    ['lacks', 'file: Dockerfile\nlacks: ADD', 'met', 'It does not contain `ADD`'],
    ['lacks', 'file: Dockerfile\nlacks: COPY', 'unmet', 'line 2 still contains `COPY`'],
    [
      'instruction',
      'file: Dockerfile\ninstruction: [FROM, "COPY a /b", { name: CMD, contains: sleep }]',
      'met',
      'FROM',
    ],
    ['instruction', 'file: Dockerfile\ninstruction: "COPY a /c"', 'unmet', 'there is `COPY a /b`'],
    ['instruction', 'file: Dockerfile\ninstruction: USER', 'unmet', 'it has no USER instruction'],
  ],
  ran: [
    ['exit', 'ran: ^docker ps', 'met', 'You ran `docker ps -a`'],
    ['exit', 'ran: ^docker build\nexit: 1', 'met', 'You ran `docker build .`'],
    ['exit', 'ran: ^docker build', 'unmet', 'it failed with exit status 1'],
    ['exit', 'ran: ^docker pull', 'unmet', 'You have not run a command that fits yet'],
  ],
  run: [
    ['exit', 'run: docker inspect web', 'met', 'Drydock looked with `docker inspect web`.'],
    ['exit', 'run: docker inspect gone\nexit: 1', 'met', 'It ended with exit status 1, as it has to.'],
    ['exit', 'run: docker inspect gone', 'unmet', 'It ended with exit status 1; it has to end with 0'],
    ['stdout', 'run: docker ps --format "{{.Names}}"\nstdout: web', 'met', 'It printed'],
    ['stdout', 'run: docker ps --format "{{.Names}}"\nstdout: /^nobody$/', 'unmet', 'It has to print `nobody`'],
    ['timeout', 'run: sleep 0.1\ntimeout: 2s', 'met', 'Drydock looked with `sleep 0.1`.'],
  ],
};

let world: EngineWorld;
beforeAll(async () => {
  world = await makeEngineWorld('conditionsandbox1', process.env.DRYDOCK_TEST_ENGINE_SOCKET);
  await world.must(fill);
});
afterAll(() => world?.dispose());

const files: Record<string, string> = { Dockerfile: 'FROM busybox\nCOPY a /b\nCMD ["sleep", "9"]\n' };
const workspace = {
  readFile: async (path: string) => files[path] ?? null,
  stat: async (path: string) =>
    files[path] === undefined ? null : { type: 'file' as const, size: files[path]?.length ?? 0 },
  files: async () => Object.keys(files),
  commands: [
    { command: 'docker ps -a', exitCode: 0, at: 1 },
    { command: 'docker build .', exitCode: 1, at: 2 },
  ],
};

describe.each(subjects)('%s', (subject) => {
  it.each(rows[subject])('%s: %s is %s', async (_condition, yaml, state, words) => {
    const result = await world.look(yaml, workspace);
    expect(result, result.message).toMatchObject({ state });
    expect(result.message).toContain(words);
  });

  it('has every condition here', () => {
    const covered = new Set(rows[subject].map(([condition]) => condition));
    expect(conditionKeys[subject].filter((key) => !covered.has(key))).toEqual([]);
  });
});

describe('a hint', () => {
  it('is said in the state it is for', async () => {
    const yaml =
      'container: web\nports: ["80:80"]\nhints:\n  - when: { state: exited }\n    say: It ended.\n  - when: { networks: back }\n    say: It is on back.';
    expect(await world.look(yaml)).toMatchObject({ state: 'unmet', hint: 'It is on back.' });
  });
});

describe('a check that could hang', () => {
  it('stops a command that sleeps, and says so', async () => {
    const result = await world.look('run: sleep 60\ntimeout: 500ms', {}, { limitMs: 1000 });
    expect(result).toMatchObject({ state: 'failed' });
    expect(result.message).toMatch(/longer than/);
  });

  it('reads a log that never ends', async () => {
    await world.must("docker run -d --name chatty tools:1 bash -c 'while :; do echo tick tick tick; done'");
    const result = await world.look('container: chatty\nlogs: tock');
    await world.must('docker rm -f chatty');
    expect(result, result.message).toMatchObject({ state: 'unmet' });
  });
});
