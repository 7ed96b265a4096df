import { text } from 'node:stream/consumers';
import { createReadStream } from 'node:fs';
import { buildSeccompProfile } from './server/sandbox/seccomp/build-seccomp-profile.ts';
import { createDockerSandboxHost } from './server/docker/docker-sandbox-host.ts';
import { connectInnerDaemon } from './server/docker/inner-daemon.ts';
import { createLessonLibrary } from './server/lessons/lesson-library.ts';
import { checksOfStep, everyBlock } from './server/lessons/lesson.ts';
import { evaluateChecks } from './server/checks/evaluate-checks.ts';
const logger = { debug() {}, info() {}, warn: console.log, error: console.log };
const lab = `lessons-${process.pid}`; const id = 'lessonssbx1';
const host = createDockerSandboxHost({ engine: { socketPath: '/var/run/docker.sock' }, lab, seccompProfile: buildSeccompProfile(), logger } as never);
await host.make({ id, learner: 'ada', image: 'drydock/sandbox:dev', limits: { memory: 1024 ** 3, cpus: 2, pids: 1024 }, registryVolume: null });
const daemon = connectInnerDaemon(() => host.dialDaemon(id));
async function sh(command: string, cwd: string, stdin?: string) {
  const s = await host.exec(id, { argv: ['bash', '-c', command], cwd });
  if (stdin) createReadStream(stdin).pipe(s.stdin); else s.stdin.end();
  const [out, err, exit] = await Promise.all([text(s.stdout), text(s.stderr), s.exit]);
  return { exit, stdout: out, err };
}
try {
  await host.start(id, { timeoutMs: 30000 });
  console.log((await sh('docker load', '/root', '/tmp/les/imgs.tar')).stdout);
  await sh('docker rmi busybox; docker rmi debian', '/root');
  const lib = await createLessonLibrary({ directories: ['lessons'], logger });
  let bad = 0;
  for (const card of lib.catalogue().flatMap((c) => c.lessons)) {
    const cwd = `/root/${card.id.split('/')[1]}`;
    await sh(`mkdir -p ${cwd}`, '/root');
    const put = async (path: string, content: string) => { await sh(`mkdir -p "$(dirname ${path})"; echo ${Buffer.from(content).toString('base64')} | base64 -d > ${path}`, cwd); };
    for (const f of await lib.filesOf(card.id)) await put(f.path, f.content.toString());
    await sh('docker load', '/root', '/tmp/les/imgs.tar');
    const commands: { command: string; exitCode: number; at: number }[] = [];
    const ctx = () => ({ daemon, commands,
      readFile: async (p: string) => { const r = await sh(`cat '${p}'`, cwd); return r.exit === 0 ? r.stdout : null; },
      stat: async (p: string) => { const r = await sh(`stat -c '%F %s' '${p}'`, cwd); return r.exit === 0 ? { type: r.stdout.startsWith('dir') ? 'folder' as const : 'file' as const, size: Number(r.stdout.split(' ').at(-1)) } : null; },
      files: async () => (await sh('find . -type f', cwd)).stdout.split('\n').map((l) => l.slice(2)),
      run: async (c: string) => sh(c, cwd) });
    for (const step of lib.lesson(card.id).steps) {
      const checks = checksOfStep(step);
      const t0 = performance.now();
      const before = await evaluateChecks(checks, ctx(), { onFailure: (c, e) => console.log('FAILURE', c, e) });
      const ms = performance.now() - t0;
      for (const [i, r] of before.entries()) {
        const want = checks[i]!.check.initially === 'met' ? 'met' : 'unmet';
        if (r.state !== want) bad++;
        console.log(r.state === want ? 'ok  ' : 'BAD ', 'before', r.id, '|', r.message, r.hint ? `| HINT ${r.hint}` : '');
      }
      for (const b of everyBlock(step.blocks)) {
        const of = b.kind === 'solution' ? b.of : b;
        if (of.kind === 'run') { const r = await sh(of.command, cwd); commands.push({ command: of.command, exitCode: r.exit, at: 0 }); await new Promise((r) => setTimeout(r, 300)); if (r.exit !== 0 ) console.log('EXIT', r.exit, of.command, r.err); if (process.env['V']) console.log('$', of.command, '\n', r.stdout, r.err); }
        if (of.kind === 'file') { await put(of.path, of.code); }
        if (b.kind !== 'solution' && (of.kind === 'run' || of.kind === 'file')) { const mid = await evaluateChecks(checks, ctx()); for (const r of mid) if (r.state !== 'met') console.log('      mid', r.id, r.state, '|', r.message, r.hint ? `| HINT ${r.hint}` : ''); }
      }
      for (const r of await evaluateChecks(checks, ctx(), { onFailure: (c, e) => console.log('FAILURE', c, e) })) {
        if (r.state !== 'met') bad++;
        console.log(r.state === 'met' ? 'ok  ' : 'BAD ', 'after ', r.id, '|', r.message, `(${Math.round(ms)} ms)`);
      }
    }
  }
  console.log('bad', bad);
} finally { daemon.dispose(); await host.remove(id, { keepHome: false }); }
process.exit(0);
