import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { type Check, checkSchemas, type Subject } from '../../protocol/check-schema.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { connectInnerDaemon, type InnerDaemon } from '../docker/inner-daemon.ts';
import { buildSeccompProfile } from '../sandbox/seccomp/build-seccomp-profile.ts';
import { testLimits } from '../test-limits.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';
import type { CheckContext } from './check-context.ts';
import { type EvaluationOptions, evaluateChecks } from './evaluate-checks.ts';

interface CommandResult {
  exit: number;
  stdout: string;
  stderr: string;
}

/** A real sandbox for tests of checks. */
export interface EngineWorld {
  daemon: InnerDaemon;
  inSandbox(command: string): Promise<CommandResult>;
  /** @throws when the command fails */
  must(command: string): Promise<void>;
  look(check: string | Check, more?: Partial<CheckContext>, options?: EvaluationOptions): Promise<CheckResult>;
  dispose(): Promise<void>;
}

/** Small images out of the sandbox's own programs: nothing has to be pulled. */
export const makeTools = `
set -e
files=$(for program in bash sleep cat rm socat; do path=$(command -v $program); echo "$path"; ldd "$path" | grep -o '/[^ ]*'; done | sort -u)
tar -h -c $files 2>/dev/null | docker import -c 'ENV PATH=/usr/bin' - tools:1
docker tag tools:1 tools:latest
`;

/**
 * A command for a container of those tools that answers on port 80, for use in single quotes. It reads the request first:
 * what is closed with something unread resets the connection, and the answer may be lost.
 */
export function serve(reply: string): string {
  return `printf "${reply}" > /reply
echo "while read -r line && [ \\\${#line} -gt 1 ]; do :; done; cat /reply" > /serve
exec socat TCP-LISTEN:80,fork,reuseaddr EXEC:"bash /serve"`;
}

/** Waits, ten seconds at most, until something answers on a port of the sandbox. */
export function answering(port: number): string {
  return `for n in $(seq 40); do curl -s -o /dev/null http://127.0.0.1:${port}/ && break; sleep 0.25; done`;
}

/** Waits, ten seconds at most, until something in the container listens. */
export function listening(container: string, port: number): string {
  return `for n in $(seq 40); do docker exec ${container} bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port}' 2>/dev/null && break; sleep 0.25; done; true`;
}

export async function makeEngineWorld(id: string, socketPath = '/var/run/docker.sock'): Promise<EngineWorld> {
  const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const host = createDockerSandboxHost({
    engine: { socketPath },
    lab: `test-${randomBytes(4).toString('hex')}`,
    seccompProfile: buildSeccompProfile(),
    logger: silent,
  });
  await host.make({ id, learner: 'ada', image: testSandboxImage(), limits: testLimits, registryVolume: null });
  await host.start(id, { timeoutMs: 60_000 });
  const daemon = connectInnerDaemon(() => host.dialDaemon(id));
  const inSandbox = async (command: string): Promise<CommandResult> => {
    const session = await host.exec(id, { argv: ['bash', '-c', command] });
    session.stdin.end();
    const [stdout, stderr, exit] = await Promise.all([text(session.stdout), text(session.stderr), session.exit]);
    return { exit, stdout, stderr };
  };
  return {
    daemon,
    inSandbox,
    must: async (command) => {
      const { exit, stderr } = await inSandbox(command);
      if (exit !== 0) throw new Error(`${command}: ${stderr}`);
    },
    look: async (check, more = {}, options = {}) => {
      const context: CheckContext = {
        root: '/root',
        daemon,
        readFile: async () => null,
        stat: async () => null,
        run: inSandbox,
        commands: [],
        ...more,
      };
      const [result] = await evaluateChecks(
        [{ id: 'c', check: typeof check === 'string' ? readYaml(check) : check }],
        context,
        options,
      );
      if (!result) throw new Error('no result');
      return result;
    },
    dispose: async () => {
      daemon.dispose();
      await host.remove(id, { keepHome: false });
    },
  };
}

/** The subject is the first key. */
function readYaml(yaml: string): Check {
  const value = parse(yaml) as Record<string, unknown>;
  const subject = Object.keys(value)[0] as Subject;
  return { subject, ...checkSchemas[subject].parse({ title: 'x', ...value }) } as Check;
}
