import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
// biome-ignore lint/style/noRestrictedImports: what a sandbox says depends on a registry, and there is one for tests
import { TestRegistry } from '../registry/registry-fixture.ts';

/* What a learner reads when an image cannot be had: in a real sandbox, from a real registry. */

let lab: TestRegistry;
const words = [
  'library/alpine\tThis lab has no alpine. Use busybox instead.',
  'library/small\tThis lab has small:1, and no other tag of it.',
  '*\tThis lab has no image {image}; really, no {image}.',
  '**\tSeveral are missing: {images}.',
  '@\tThere is no way to {host}.',
  '!\tThe registry sleeps.',
].join('\n');

beforeAll(async () => {
  lab = await TestRegistry.open();
  await lab.registry.ensure();
  const small = await lab.image('words', 'small');
  await lab.registry.publish(small.reference, ['small:1']);
  await lab.registry.setWords(`${words}\n`);
});
afterAll(async () => lab?.dispose());

/** The last line a command in the sandbox says; it has to fail. */
async function refusal(script: string): Promise<string> {
  const { code, out } = await lab.inSandbox(`${script}`);
  expect(code, out).not.toBe(0);
  return out;
}

const hub = 'Get "https://registry-1.docker.io/v2/"';
const build = (dockerfile: string, options = '') => `printf '${dockerfile}' | ${options} docker build -`;

describe('an image that the lab does not have', () => {
  it.each([
    ['docker pull alpine', `${hub}: This lab has no alpine. Use busybox instead.`],
    ['docker pull -q nosuch:2', `${hub}: This lab has no image nosuch:2; really, no nosuch:2.`],
    ['docker pull team/app', `${hub}: This lab has no image team/app:latest; really, no team/app:latest.`],
    ['docker run --rm small:9', `${hub}: This lab has small:1, and no other tag of it.`],
    [`docker pull small@sha256:${'0'.repeat(64)}`, `${hub}: This lab has small:1, and no other tag of it.`],
    [build('FROM alpine'), ': This lab has no alpine. Use busybox instead.'],
    [build('FROM alpine', 'DOCKER_BUILDKIT=0'), `${hub}: This lab has no alpine. Use busybox instead.`],
    ['docker plugin install --grant-all-permissions team/plugin', ': This lab has no image team/plugin:latest;'],
  ])('%s', async (command, said) => {
    expect(await refusal(command)).toContain(said);
  });

  it('docker compose up', async () => {
    const file = 'services:\\n  a:\\n    image: alpine\\n';
    const said = await refusal(`mkdir -p /root/c && cd /root/c && printf '${file}' > compose.yml && docker compose up`);
    expect(said).toContain(`${hub}: This lab has no alpine. Use busybox instead.`);
  });

  it('a builder in a container of its own', async () => {
    const said = await refusal('docker buildx create --driver docker-container --name own --bootstrap');
    expect(said).toContain('This lab has no image moby/buildkit:');
    await lab.inSandbox('docker buildx rm own');
  });

  it('one after the other, each gets its own words', async () => {
    const said = await refusal('for n in one two three alpine; do docker pull -q $n; done');
    expect(said.match(/This lab has no (image \w+|alpine)/g)).toEqual([
      'This lab has no image one',
      'This lab has no image two',
      'This lab has no image three',
      'This lab has no alpine',
    ]);
  });

  it('several at once: each is told about itself, or about all that are missing', async () => {
    const { out } = await lab.inSandbox(
      'cd /root; for n in one two three; do docker pull -q $n > said-$n 2>&1 & done; docker pull -q small:1; wait; for n in one two three; do sed "s/^/$n: /" said-$n; done',
    );
    expect(out).toContain('docker.io/library/small:1');
    for (const name of ['one', 'two', 'three']) {
      const line = out.split('\n').find((each) => each.startsWith(`${name}: Error`)) ?? '';
      expect(line).toMatch(
        new RegExp(`This lab has no image ${name}:latest;|Several are missing: .*\\b${name}:latest`),
      );
      expect(line).not.toContain('small');
    }
  });
});

/** A way out that swallows every packet, as the firewall of a school does; and four addresses of Docker Hub behind it. */
const behindFirewall = (script: string) => `
  ip link add out type veth peer name gone && ip link set out up && ip link set gone up
  ip addr add 198.51.100.2/24 dev out && ip neigh add 198.51.100.1 lladdr 02:00:00:00:00:01 dev out
  ip route add default via 198.51.100.1 || exit 0
  cp /etc/hosts /tmp/hosts; for n in 1 2 3 4; do echo "192.0.2.$n registry-1.docker.io" >> /etc/hosts; done
  ${script}; code=$?
  cat /tmp/hosts > /etc/hosts; ip link del out; exit $code`;

describe('a sandbox with internet that does not reach Docker Hub', () => {
  it('names the image that the lab does not have, before the daemon loses patience', async () => {
    expect(await refusal(behindFirewall('docker pull team/app'))).toContain(
      `${hub}: This lab has no image team/app:latest; really, no team/app:latest.`,
    );
  });

  it('is not said to have no internet', async () => {
    expect(await refusal(behindFirewall('docker login -u ada -p secret'))).toContain(
      `${hub}: Docker Hub cannot be reached from this sandbox: it does not answer.`,
    );
  });
});

describe('what is not an image of the lab', () => {
  it.each([
    [
      'docker pull registry.example.org/x/y',
      'Get "https://registry.example.org/v2/": There is no way to registry.example.org.',
    ],
    ['docker pull 203.0.113.4:5000/x', 'There is no way to 203.0.113.4.'],
    ['docker search alpine', 'There is no way to Docker Hub.'],
    ['docker login -u ada -p secret', `${hub}: There is no way to Docker Hub.`],
    [
      build('FROM small:1\\nADD https://example.org/x /x'),
      'Get "https://example.org/x": There is no way to example.org.',
    ],
    [build('FROM small:1\\nADD http://example.org/y /y'), 'There is no way to example.org.'],
  ])('%s', async (command, said) => {
    expect(await refusal(`docker pull -q nosuch; ${command}`)).toContain(said);
  });

  it('a learner’s own registry and a container’s address stay what they are', async () => {
    expect(await refusal('docker pull localhost:5000/x')).toMatch(/localhost:5000.*connection refused/);
    expect(await refusal('docker pull 172.17.0.9:5000/x')).toMatch(/172\.17\.0\.9:5000.*(no route to host|refused)/);
  });

  it('a curious learner gets nothing but words', async () => {
    const proxy = 'curl -s -m 5 -x http://127.0.0.1:65002';
    expect((await lab.inSandbox('curl -s -m 5 http://127.0.0.1:65002/')).out).toContain('There is nothing else.');
    expect((await lab.inSandbox(`${proxy} http://example.org/`)).out).toBe('There is no way to example.org.\n');
    expect((await lab.inSandbox(`${proxy} -v https://example.org/`)).out).toContain(
      '503 There is no way to example.org.',
    );
    expect((await lab.inSandbox(`${proxy} http://[2001:db8::1]/`)).out).toContain(
      'There is no way to an IPv6 address.',
    );
  });
});

describe('the words', () => {
  it('change while a sandbox runs, and have others behind them', async () => {
    await lab.registry.setWords('library/alpine\tLater.\n');
    expect(await refusal('docker pull alpine')).toContain(`${hub}: Later.`);
    expect(await refusal('docker pull nosuch')).toContain('This lab does not have the image nosuch:latest');
    await lab.registry.setWords('');
    expect(await refusal('docker pull alpine')).toContain('This lab does not have the image alpine:latest');
    expect(await refusal('docker pull example.org/x')).toContain('so example.org cannot be reached');
  });

  it('are one line of at most 400 bytes, whatever the file holds', async () => {
    await lab.registry.setWords(`*\tBell\u0007 {image} ${'ü'.repeat(4_000)}\n@\tfine\n`);
    const said = await refusal('docker pull nosuch');
    expect(said).toMatch(/: Bell {2}nosuch:latest ü{100,200}\n$/);
    expect(await refusal('docker pull example.org/x')).toContain(': fine');
    await lab.registry.setWords(`${words}\n`);
  });
});

describe('a registry that is killed', () => {
  beforeEach(async () => {
    await lab.docker('kill', lab.containers.names.container);
  });

  it('is named as what does not answer, and serves again as soon as it is back', async () => {
    expect(await refusal('docker pull small:1')).toContain(`${hub}: The registry sleeps.`);
    expect(await refusal(build('FROM other:1'))).toContain('The registry sleeps.');
    await lab.registry.ensure();
    expect(await lab.inSandbox('docker pull -q small:1')).toMatchObject({ code: 0 });
    expect(await refusal('docker pull alpine')).toContain('Use busybox instead.');
  });
});

it('serves many pulls at once, and whoever kills it has it back', async () => {
  const content = Buffer.alloc(30 * 2 ** 20, 'some layer');
  const big = await lab.image('big', content);
  await lab.registry.publish(big.reference, ['big:1', 'big:2']);
  const pulls = 'for i in 1 2 3 4 5 6; do docker pull -q big:$((i % 2 + 1)) & docker pull -q small:1 & done; wait';
  expect((await lab.inSandbox(pulls)).out).not.toContain('Error');
  await lab.inSandbox('docker rmi -f big:1 big:2 small:1; pkill -x drydock-mirror');
  await expect.poll(() => lab.inSandbox('docker pull -q big:1'), { timeout: 10_000 }).toMatchObject({ code: 0 });
});

it('keeps the proxy to dockerd: neither shells nor containers nor builds have it', async () => {
  const makeTiny = `programs=$(which sh env); \
    tar -chf - $programs $(ldd $programs | grep -o '/lib[^ ]*' | sort -u) 2> /dev/null | docker import - tiny`;
  expect(await lab.inSandbox(makeTiny)).toMatchObject({ code: 0 });
  const proxied = (program: string) => `tr '\\0' '\\n' < /proc/$(pgrep -o -x ${program})/environ | grep -ic _proxy=`;
  const { out } = await lab.inSandbox(`${proxied('dockerd')}; ${proxied('containerd')}; env | grep -ic _proxy=
    docker run --rm tiny env | grep -ic _proxy=; docker run --rm --network host tiny env | grep -ic _proxy=`);
  expect(out.trim().split('\n')).toEqual(['6', '0', '0', '0', '0']);
  for (const options of ['DOCKER_BUILDKIT=1', 'DOCKER_BUILDKIT=0']) {
    const built = await lab.inSandbox(`printf 'FROM tiny\\nRUN ["env"]' | ${options} docker build --no-cache -`);
    expect(built.out).toContain('PATH=');
    expect(built.out).not.toMatch(/_proxy=/i);
  }
  expect((await lab.inSandbox("docker info --format '{{.HTTPSProxy}}' 2>&1")).out).toContain('127.0.0.1:65002');
});
