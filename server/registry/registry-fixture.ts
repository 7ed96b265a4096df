import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { Engine } from '../docker/engine.ts';
import { runOnce } from '../docker/engine-facts.ts';
import { ImageBuilder, type ImageFacts } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../setup-record.ts';
import { testLimits } from '../test-limits.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';
import { Registry } from './registry.ts';

const run = promisify(execFile);
const ignore = (): void => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The registry of a lab of its own on the real engine, images to put into it, and a sandbox that pulls from it. */
export class TestRegistry {
  readonly registry: Registry;
  readonly containers: RegistryContainers;
  readonly images: ImageBuilder;
  readonly lab = `test${randomBytes(4).toString('hex')}`;
  readonly #engine: Engine;
  readonly #made: { registryImage: string; sandboxImage: string };
  readonly #folder = mkdtempSync(join(tmpdir(), 'drydock-registry-'));
  readonly #built = new Set<string>();
  readonly #sandboxes;

  private constructor(made: { registryImage: string; sandboxImage: string }) {
    const { engine } = mainLabConfig();
    this.#made = made;
    this.#engine = new Engine(engine, this.lab, logger);
    this.images = new ImageBuilder(this.#engine);
    this.containers = new RegistryContainers(this.#engine);
    this.registry = this.another();
    this.#sandboxes = createDockerSandboxHost({ engine, lab: this.lab, seccompProfile: buildSeccompProfile(), logger });
  }

  static async open(): Promise<TestRegistry> {
    return new TestRegistry(await readSetupRecord(mainLabConfig().dataDir));
  }

  /** The same registry as another process sees it. */
  another(options: { patience?: number } = {}): Registry {
    const { containers, images } = this;
    return new Registry({ containers, images, image: this.#made.registryImage, ...options });
  }

  get registryImage(): string {
    return this.#made.registryImage;
  }

  /** Gives the storage a small disk of its own; before anything is in it. It lasts as long as the registry serves. */
  async limitStorage(bytes: number): Promise<void> {
    const options = ['type=tmpfs', 'device=tmpfs', `o=size=${bytes},uid=990,gid=990,mode=755`].flatMap((each) => [
      '-o',
      each,
    ]);
    const labels = [`drydock.lab=${this.lab}`, 'drydock.role=registry'].flatMap((each) => ['--label', each]);
    await this.docker('volume', 'create', ...options, ...labels, this.containers.names.storageVolume);
  }

  /** A small image of the engine. `content` may be long, and decides its only layer; `lines` of a Dockerfile. */
  async image(
    name: string,
    content: string | Buffer,
    lines: string[] = [],
  ): Promise<ImageFacts & { reference: string }> {
    const reference = `drydock/test-${this.lab}-${name}`;
    const folder = join(this.#folder, randomBytes(4).toString('hex'));
    mkdirSync(folder);
    writeFileSync(
      join(folder, 'Dockerfile'),
      ['FROM scratch', 'COPY content /', 'CMD ["/content"]', ...lines].join('\n'),
    );
    writeFileSync(join(folder, 'content'), content);
    this.#built.add(reference);
    const built = await this.images.build(folder, { tag: reference });
    // A name that is built anew leaves its old image behind without one.
    this.#built.add(built.id);
    return { ...built, reference };
  }

  /** A request as a sandbox makes it: from a container without network that mounts the socket read-only. */
  async request(method: string, path: string): Promise<{ status: number; body: string }> {
    const socket = '/run/drydock-registry/registry.sock';
    const accept = 'Accept: application/vnd.oci.image.manifest.v1+json';
    const url = `http://registry${path}`;
    const argv = ['curl', '-s', '-X', method, '-H', accept, '-w', '\n%{http_code}', '--unix-socket', socket, url];
    const { output } = await runOnce(this.#engine, this.#made.sandboxImage, argv, {
      [this.registry.socketVolume]: '/run/drydock-registry',
    });
    const [status = '', ...body] = output.trimEnd().split('\n').reverse();
    return { status: Number(status), body: body.reverse().join('\n') };
  }

  /** Runs a shell script in a sandbox that uses this registry; the sandbox is made at the first call. */
  async inSandbox(script: string): Promise<{ code: number; out: string }> {
    const id = 'registrysandbox1';
    const spec = { id, learner: null, image: this.#made.sandboxImage, limits: testLimits };
    await this.#sandboxes.make({ ...spec, registryVolume: this.registry.socketVolume });
    await this.#sandboxes.start(id, { timeoutMs: 60_000 });
    const session = await this.#sandboxes.exec(id, { argv: ['sh', '-c', `exec 2>&1; ${script}`] });
    session.stdin.end();
    const [out, , code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
    return { code, out };
  }

  /** Pulls in the sandbox, without what an earlier pull left there. @returns id of the image */
  async pull(name: string): Promise<string> {
    const pulled = await this.inSandbox(`docker rmi -f ${name} >/dev/null; docker pull -q ${name}`);
    if (pulled.code !== 0) throw new Error(pulled.out);
    return (await this.inSandbox(`docker image inspect -f '{{.Id}}' ${name}`)).out.trim();
  }

  /** Runs a shell script on the storage, as whatever may damage it. */
  async onStorage(script: string): Promise<string> {
    const mount = `${this.containers.names.storageVolume}:/storage`;
    const argv = [
      'run',
      '--rm',
      '--network',
      'none',
      '--user',
      '0',
      '-v',
      mount,
      '-w',
      '/storage',
      '--entrypoint',
      'sh',
    ];
    const { stdout } = await run('docker', [...argv, this.#made.registryImage, '-c', script]);
    return stdout;
  }

  /** Where a blob lies in the storage. */
  static blob(digest: string): string {
    const hex = digest.slice('sha256:'.length);
    return `/storage/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
  }

  async docker(...argv: string[]): Promise<string> {
    return (await run('docker', argv)).stdout.trim();
  }

  async dispose(): Promise<void> {
    for (const record of await this.#sandboxes.list()) await this.#sandboxes.remove(record.id, { keepHome: false });
    await run('docker', ['rm', '-f', '-v', this.containers.names.filler]).catch(ignore);
    await this.containers.removeAll();
    // Names first: what has one left cannot be removed by its id, and most are gone with their name.
    for (const name of [...this.#built].sort((a, b) => Number(isId(a)) - Number(isId(b))))
      await this.images.remove(name);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function isId(name: string): boolean {
  return name.startsWith('sha256:');
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not come about in time');
    await sleep(20);
  }
}
