import { describe, expect, it } from 'vitest';
import type { ImageFacts } from '../docker/image-builder.ts';
import { DrydockError } from '../errors.ts';
import { Hub, hubReference, hubTroubleWords } from './hub.ts';

const digest = `sha256:${'a'.repeat(64)}`;

/** An engine with images, and a registry that has others. */
class FakeImages {
  readonly engine = new Map<string, ImageFacts>();
  readonly registry = new Map<string, string>();
  /** How often the registry was asked. */
  asked = 0;
  down = false;

  put(reference: string, id: string, digests: string[]): void {
    this.engine.set(reference, {
      id,
      identity: id,
      size: 1,
      labels: {},
      digests,
      createdAt: 0,
      platform: 'linux/amd64',
    });
  }
  async find(reference: string): Promise<ImageFacts | null> {
    return this.engine.get(reference) ?? null;
  }
  async digestAtRegistry(reference: string): Promise<string | null> {
    this.#ask();
    return this.registry.get(reference) ?? null;
  }
  async pull(reference: string): Promise<boolean> {
    this.#ask();
    const found = this.registry.get(reference);
    if (found === undefined) return false;
    const repository = reference.replace(/(@sha256)?:[^:/]*$/, '');
    this.put(reference, `pulled ${found}`, [`${repository}@${found}`]);
    return true;
  }
  async tag(id: string, reference: string): Promise<void> {
    this.put(reference, id, []);
  }
  async remove(reference: string): Promise<void> {
    this.engine.delete(reference);
  }
  #ask(): void {
    this.asked += 1;
    if (this.down)
      throw new DrydockError('engine.failed', 'Drydock could not pull it. The Docker Engine says: no such host.');
  }
}

function setUp(prefix: string | null = 'docker.io'): { images: FakeImages; hub: Hub; pass: (ms: number) => void } {
  const images = new FakeImages();
  let now = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  return { images, hub: new Hub(images, prefix, { now: () => now }), pass };
}

describe('hubReference', () => {
  it.each([
    ['docker.io', 'nginx:1.26', 'nginx:1.26'],
    ['docker.io', 'drydock/web:1', 'drydock/web:1'],
    ['mirror.example:5000', 'nginx:1.26', 'mirror.example:5000/library/nginx:1.26'],
    ['mirror.example/hub', 'drydock/web:1', 'mirror.example/hub/drydock/web:1'],
  ])('below %s is %s called %s', (prefix, name, reference) => expect(hubReference(prefix, name)).toBe(reference));
});

describe('Docker Hub', () => {
  it('gives an image, whose name goes again from the engine', async () => {
    const { images, hub } = setUp('mirror.example');
    images.registry.set('mirror.example/library/tool:1', digest);
    const pulled = await hub.pull('tool:1');
    expect(pulled).toMatchObject({ digest, reference: 'mirror.example/library/tool:1', platform: 'linux/amd64' });
    await pulled?.release();
    expect(images.engine.size).toBe(0);
  });

  it('is not asked for what the engine has from there, unless it has to be', async () => {
    const { images, hub } = setUp();
    images.put('tool:1', 'old', [`tool@${digest}`]);
    const there = await hub.pull('tool:1');
    expect(there).toMatchObject({ id: 'old', digest });
    expect(images.asked).toBe(0);

    const newer = `sha256:${'b'.repeat(64)}`;
    images.registry.set('tool:1', newer);
    const fresh = await hub.pull('tool:1', { fresh: true });
    expect(fresh).toMatchObject({ digest: newer });
    await fresh?.release();
    expect(images.engine.get('tool:1')?.id).toBe('old');
  });

  it('gives the image with a digest, whatever has the name now', async () => {
    const { images, hub } = setUp();
    images.registry.set(`tool@${digest}`, digest);
    const pulled = await hub.pull('tool:1', { digest });
    expect(pulled).toMatchObject({ digest, reference: `tool@${digest}` });
    await pulled?.release();
    expect(images.engine.size).toBe(0);
  });

  it('does not give what somebody built under its name', async () => {
    const { images, hub } = setUp();
    images.put('tool:1', 'mine', []);
    images.registry.set('tool:1', digest);
    expect(await hub.pull('tool:1')).toBeNull();
    expect(images.engine.get('tool:1')?.id).toBe('mine');
  });

  it('has to say what is its own where every image has a digest, as in containerd', async () => {
    const { images, hub } = setUp();
    const other = `sha256:${'b'.repeat(64)}`;
    images.put('tool:1', digest, [`tool@${digest}`]);
    images.registry.set('tool:1', digest);
    expect(await hub.pull('tool:1')).toMatchObject({ id: digest, digest });

    images.registry.set('tool:1', other);
    const pulled = await hub.pull('tool:1');
    expect(pulled).toMatchObject({ digest: other });
    await pulled?.release();
    expect(images.engine.get('tool:1')?.id).toBe(digest);

    images.down = true;
    images.put('tool:1', digest, [`tool@${digest}`]);
    expect(await hub.pull('tool:1')).toBeNull();
    images.put(`tool@${digest}`, digest, [`tool@${digest}`]);
    expect(await hub.pull('tool:1', { digest })).toMatchObject({ digest });
  });

  it('that does not answer is asked again only after a while', async () => {
    const { images, hub, pass } = setUp();
    images.registry.set('tool:1', digest);
    images.down = true;
    expect(await hub.pull('tool:1')).toBeNull();
    expect(hub.trouble).toBe('no such host');
    images.down = false;
    expect(await hub.pull('tool:1')).toBeNull();
    expect(images.asked).toBe(1);
    pass(11 * 60_000);
    expect(await hub.pull('tool:1')).toMatchObject({ digest });
    expect(hub.trouble).toBeNull();
  });

  it('is not blamed for an engine that does not answer, or a full disk', async () => {
    for (const error of [
      new DrydockError('engine.unreachable', 'The engine does not answer.'),
      new DrydockError(
        'engine.failed',
        'Drydock could not pull tool:1. The Docker Engine says: no space left on device',
      ),
    ]) {
      const { images, hub } = setUp();
      images.pull = async () => Promise.reject(error);
      await expect(hub.pull('tool:1')).rejects.toBe(error);
      expect(hub.trouble).toBeNull();
    }
  });

  it('that lacks one image is asked for the next', async () => {
    const { images, hub } = setUp();
    images.registry.set('tool:1', digest);
    expect(await hub.pull('none:1')).toBeNull();
    expect(await hub.digestOf('tool:1')).toBe(digest);
  });

  it('is never asked where the configuration says so', async () => {
    const { images, hub } = setUp(null);
    expect(await hub.pull('tool:1')).toBeNull();
    expect(await hub.digestOf('tool:1')).toBeNull();
    expect(hub.trouble).toContain('DRYDOCK_HUB');
    expect(images.asked).toBe(0);
  });
});

describe('what keeps Docker Hub from giving anything', () => {
  it.each([
    [
      'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io: no such host',
      'cannot be reached',
    ],
    ['no answer within 8 s', 'cannot be reached'],
    [
      'toomanyrequests: You have reached your unauthenticated pull rate limit',
      'gives nothing more to this network for now',
    ],
    ['unauthorized: incorrect username or password', 'gives nothing to this lab'],
  ])('%s: it %s', (trouble, words) => {
    expect(hubTroubleWords('Docker Hub', trouble)).toBe(`Docker Hub ${words}`);
  });
});

it('keeps in mind that it gave nothing until it answers again', async () => {
  const { images, hub, pass } = setUp();
  expect(hub.lastTrouble).toBeNull();
  images.down = true;
  await hub.pull('nginx:1.26');
  pass(24 * 60 * 60_000);
  expect(hub.trouble).toBeNull();
  expect(hub.lastTrouble).toContain('no such host');
  images.down = false;
  await hub.pull('nginx:1.26');
  expect(hub.lastTrouble).toBeNull();
  expect(setUp(null).hub.lastTrouble).not.toBeNull();
});
