import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { DaemonState } from '../../docker/daemon-state.ts';
import { connectInnerDaemon, type InnerDaemon } from '../../docker/inner-daemon.ts';
import type { Attack } from './attack.ts';
import type { AttackGround } from './attack-ground.ts';

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const maxReplyBytes = 1024 * 1024;
/** More than this many bytes of the server's memory must not go to one hostile daemon at a time. */
const memoryAllowed = 96 * 1024 * 1024;

const ok = "printf 'HTTP/1.1 200 OK\\r\\nContent-Type: application/json\\r\\n'";

/** What stands in for dockerd answers by these shell scripts; `ask` is what the server wants of it. */
interface HostileAnswer {
  name: string;
  script: string;
  ask: (daemon: InnerDaemon) => Promise<unknown>;
  codes: readonly string[];
}

const list = (daemon: InnerDaemon) => daemon.containers();
const log = (daemon: InnerDaemon) => daemon.containerLog('web', 10);

const answers = (hostPort: number): readonly HostileAnswer[] => [
  {
    name: 'a list without end',
    script: `${ok}; printf '\\r\\n['; yes '{"Id":"x"},'`,
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: 'lists within lists',
    script: `${ok}; printf 'Content-Length: 1000000\\r\\n\\r\\n'; head -c 1000000 /dev/zero | tr '\\0' '['`,
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  { name: 'silence', script: 'sleep 30', ask: list, codes: ['daemon.unreachable'] },
  {
    name: 'headers one by one for ever',
    script: `${ok}; while sleep 0.1; do printf 'X-%s: y\\r\\n' x; done`,
    ask: list,
    codes: ['daemon.unreachable', 'daemon.invalid-reply'],
  },
  {
    name: 'a header without end',
    script: `${ok}; printf 'X: '; yes aaaaaaaaaaaaaaaa | tr -d '\\n'`,
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: '100 Continue for ever',
    script: "while :; do printf 'HTTP/1.1 100 Continue\\r\\n\\r\\n'; done",
    ask: list,
    codes: ['daemon.unreachable', 'daemon.invalid-reply'],
  },
  { name: 'no HTTP at all', script: 'yes garbage', ask: list, codes: ['daemon.invalid-reply'] },
  {
    name: 'less than the content-length says',
    script: `${ok}; printf 'Content-Length: 5000\\r\\n\\r\\n[]'`,
    ask: list,
    codes: ['daemon.unreachable', 'daemon.invalid-reply'],
  },
  {
    name: 'two content-lengths',
    script: `${ok}; printf 'Content-Length: 2\\r\\nContent-Length: 9\\r\\n\\r\\n[]'`,
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: 'a chunk of 2^60 bytes',
    script: `${ok}; printf 'Transfer-Encoding: chunked\\r\\n\\r\\nFFFFFFFFFFFFFFF\\r\\n'; yes '[1],'`,
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: 'a redirect to the host',
    script: `printf 'HTTP/1.1 302 Found\\r\\nLocation: http://127.0.0.1:${hostPort}/\\r\\nContent-Length: 0\\r\\n\\r\\n'`,
    ask: list,
    codes: ['daemon.refused'],
  },
  {
    name: 'another protocol',
    script: "printf 'HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: tcp\\r\\n\\r\\n'; yes",
    ask: list,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: 'a log without end',
    script: `${ok}; printf '\\r\\n'; yes 'a long line of a log'`,
    ask: log,
    codes: ['daemon.invalid-reply'],
  },
  {
    name: 'log frames of 4 GiB',
    script: `${ok}; printf 'Content-Length: 12\\r\\n\\r\\n\\001\\000\\000\\000\\377\\377\\377\\377abcd'`,
    ask: log,
    // A frame that says more than there is: what there is is shown.
    codes: ['answered', 'daemon.invalid-reply'],
  },
  {
    name: 'an error of many words',
    script: "printf 'HTTP/1.1 500 X\\r\\n\\r\\n'; yes",
    ask: list,
    codes: ['daemon.invalid-reply', 'daemon.refused'],
  },
];

/** To the empty line: an answer before the question would break the connection, and nobody would see it. */
const readRequest = `cr=$(printf '\\r'); while read -r line; do [ "$line" = "$cr" ] && break; done`;

/** Puts a program of the learner's in place of dockerd's socket while `use` runs; its answer is a file it reads each time. */
async function inPlaceOfDockerd(
  ground: AttackGround,
  use: (say: (script: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  await ground.shell('learner', 'mv /run/docker.sock /run/docker.real');
  const fake = await ground.host.exec(ground.attacker, {
    argv: ['socat', 'UNIX-LISTEN:/run/docker.sock,fork', 'EXEC:"sh /tmp/answer"'],
  });
  fake.stdout.resume();
  fake.stderr.resume();
  try {
    await use(async (script) => {
      const answer = `${readRequest}\n${script}\n`;
      await ground.exec(
        ground.attacker,
        ['sh', '-c', 'cat > /tmp/answer.new && mv /tmp/answer.new /tmp/answer'],
        answer,
      );
    });
  } finally {
    fake.dispose();
    await fake.exit.catch(() => undefined);
    await ground.shell('learner', 'pkill -f /tmp/answer; mv -f /run/docker.real /run/docker.sock');
  }
}

export const daemonAttacks: readonly Attack[] = [
  {
    name: 'a hostile daemon: answers without end, slow, malformed, elsewhere',
    control: 'every reply has a limit in bytes and time, is parsed tolerantly, and redirects are not followed',
    from: ['learner'],
    carryOut: async (ground) => {
      const visits = ground.hostVisits;
      const all = answers(await ground.loopbackPort());
      await inPlaceOfDockerd(ground, async (say) => {
        for (const { name, script, ask, codes } of all) {
          await say(script);
          const daemon = connectInnerDaemon(() => ground.host.dialDaemon(ground.attacker), {
            maxReplyBytes,
            // Where time is what ends it, there is no use in waiting long.
            timeoutMs: codes.includes('daemon.unreachable') ? 1_200 : 20_000,
          });
          const before = process.memoryUsage().rss;
          try {
            const code = await ask(daemon).then(
              () => 'answered',
              (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
            );
            expect(codes, `${name}: ${code}`).toContain(code);
          } finally {
            daemon.dispose();
          }
          expect(process.memoryUsage().rss - before, name).toBeLessThan(memoryAllowed);
        }
      });
      expect(ground.hostVisits).toBe(visits);
      const daemon = connectInnerDaemon(() => ground.host.dialDaemon(ground.attacker));
      await daemon.ping();
      daemon.dispose();
      return `${all.length} kinds, a stable error each`;
    },
  },
  {
    name: 'a hostile daemon: events without end or sense',
    control: 'events are read at a bounded rate, lines that are too long are skipped, and the live model recovers',
    from: ['learner'],
    carryOut: async (ground) => {
      const daemon = connectInnerDaemon(() => ground.host.dialDaemon(ground.attacker), { maxReplyBytes });
      const state = new DaemonState(daemon, { logger: silent, retryMs: 100 });
      try {
        await state.start();
        const known = state.snapshot().containers.map((container) => container.name);
        expect(known).toContain('attacker');
        const before = process.memoryUsage().rss;
        await inPlaceOfDockerd(ground, async (say) => {
          for (const flood of [
            'yes',
            "yes | tr -d '\\n'",
            `yes '{"Type":"container","Action":"start","Actor":{"ID":"x"}}'`,
          ]) {
            await say(`${ok}; printf '\\r\\n'; ${flood}`);
            // The connection it has is kept; a new one meets the flood.
            const controller = new AbortController();
            const subscription = await daemon.subscribe(() => undefined, controller.signal);
            await sleep(400);
            controller.abort();
            await subscription.ended;
          }
        });
        expect(process.memoryUsage().rss - before).toBeLessThan(memoryAllowed);
        await ground.exec(ground.attacker, ['docker', 'volume', 'create', 'after-the-flood']);
        await expect
          .poll(() => state.snapshot().volumes.map((volume) => volume.name), { timeout: 20_000 })
          .toContain('after-the-flood');
        return 'skipped, and live again';
      } finally {
        state.dispose();
        daemon.dispose();
      }
    },
  },
  {
    name: 'a hostile daemon: none that ever answers while the sandbox is being started',
    control: 'starting has a deadline, and ends in an error of its own',
    from: ['learner'],
    carryOut: async (ground) => {
      let code = 'started';
      await inPlaceOfDockerd(ground, async (say) => {
        await say("printf 'HTTP/1.1 '; sleep 30");
        code = await ground.host.start(ground.attacker, { timeoutMs: 1_000 }).then(
          () => 'started',
          (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error)),
        );
      });
      expect(['sandbox.failed', 'daemon.unreachable']).toContain(code);
      await ground.host.start(ground.attacker, { timeoutMs: 20_000 });
      return code;
    },
  },
];
