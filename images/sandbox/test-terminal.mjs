// Drives drydock-terminal in a running sandbox the way the server does: `node test-terminal.mjs CONTAINER`.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const container = process.argv[2];
if (!container) throw new Error('usage: node test-terminal.mjs CONTAINER');
const WINDOW = 256 * 1024;
const run = Math.random().toString(36).slice(2, 8);

function frame(type, payload = Buffer.alloc(0)) {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeUInt32BE(payload.length, 1);
  return Buffer.concat([head, payload]);
}
const u64 = (n) => {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(BigInt(n));
  return b;
};

class Terminal {
  text = '';
  received = 0;
  frames = 0;
  hello = null;
  exit = undefined;
  closed = false;
  autoAllow = true;
  first = null;
  constructor(name, { after = 0, cols = 80, rows = 24, cwd = '/root', nonce = 'n0nce', id } = {}) {
    this.child = spawn('docker', [
      'exec',
      '-i',
      container,
      'drydock-enter',
      ...(id ? ['--id', id] : []),
      '--',
      'drydock-terminal',
      'attach',
      '--name',
      `${name}-${run}`,
      '--after',
      String(after),
      '--cols',
      String(cols),
      '--rows',
      String(rows),
      '--cwd',
      cwd,
      '--nonce',
      nonce,
    ]);
    this.began = performance.now();
    let pending = Buffer.alloc(0);
    this.child.stdin.on('error', () => {});
    this.child.stderr.on('data', (d) => process.stderr.write(d));
    this.child.stdout.on('data', (data) => {
      pending = pending.length ? Buffer.concat([pending, data]) : data;
      let at = 0;
      while (pending.length - at >= 5) {
        const length = pending.readUInt32BE(at + 1);
        assert(length <= 1024 * 1024);
        if (pending.length - at - 5 < length) break;
        this.take(String.fromCharCode(pending[at]), pending.subarray(at + 5, at + 5 + length));
        at += 5 + length;
      }
      pending = pending.subarray(at);
    });
    this.done = new Promise((resolve) =>
      this.child.on('close', (code) => {
        this.closed = true;
        this.code = code;
        resolve(code);
      }),
    );
  }
  take(type, payload) {
    if (type === 'h') {
      const n = payload[17];
      this.hello = {
        replayFrom: Number(payload.readBigUInt64BE(0)),
        end: Number(payload.readBigUInt64BE(8)),
        fresh: payload[16] === 1,
        nonce: payload.subarray(18, 18 + n).toString(),
        pid: payload.readUInt32BE(18 + n),
      };
      this.received = this.hello.replayFrom;
    } else if (type === 'o') {
      const seq = Number(payload.readBigUInt64BE(0));
      assert.equal(seq, this.received, 'output is contiguous');
      this.received += payload.length - 8;
      this.frames++;
      this.first ??= performance.now() - this.began;
      this.text += payload.subarray(8).toString('latin1');
      if (this.text.length > 4e6) this.text = this.text.slice(-1e6);
      if (this.autoAllow) this.child.stdin.write(frame('w', u64(this.received + WINDOW)));
    } else if (type === 'x') this.exit = payload.readInt32BE(0);
  }
  type(text) {
    this.child.stdin.write(frame('i', Buffer.from(text)));
  }
  resize(cols, rows) {
    const b = Buffer.alloc(4);
    b.writeUInt16BE(cols);
    b.writeUInt16BE(rows, 2);
    this.child.stdin.write(frame('r', b));
  }
  kill() {
    this.child.stdin.write(frame('k'));
  }
  async until(what, ms = 5000) {
    const end = Date.now() + ms;
    const test = typeof what === 'function' ? what : () => this.text.includes(what);
    while (!test()) {
      if (Date.now() > end) throw new Error(`waited for ${what}; last: ${JSON.stringify(this.text.slice(-600))}`);
      await sleep(1);
    }
  }
  async prompt() {
    await this.until('633;B');
    this.text = '';
  }
}
const times = (list) => {
  list.sort((a, b) => a - b);
  return `p50 ${list[list.length >> 1].toFixed(2)} ms, p95 ${list[Math.floor(list.length * 0.95)].toFixed(2)} ms`;
};

const tests = {
  async 'starts a shell in its folder, with marks'() {
    const t = new Terminal('a', { cwd: '/root/lesson one/x' });
    await t.until('633;B');
    console.log(`    first output ${t.first.toFixed(0)} ms after docker exec began`);
    assert.equal(t.hello.fresh, true);
    assert.equal(t.hello.nonce, 'n0nce');
    assert(t.text.includes('633;P;Cwd=/root/lesson one/x'));
    t.text = '';
    t.type(' echo "a;b\\c"; false\r');
    await t.until('633;D;1');
    assert(t.text.includes('633;E; echo "a\\x3bb\\\\c"\\x3b false;n0nce\x1b\\'), JSON.stringify(t.text));
    assert.equal(t.text.split('633;E').length, 2);
    assert.equal(t.text.split('633;C').length, 2);
    await t.prompt();
    t.type('\r');
    await t.until('633;B');
    assert(!t.text.includes('633;E') && !t.text.includes('633;D'));
    await sleep(50);
    t.text = '';
    t.type('for i in 1 2; do\recho n$i\rdone | cat\r');
    await t.until('633;D;0');
    assert(t.text.includes('633;E;for i in 1 2\\x3b do\\x0aecho n$i\\x0adone | cat;n0nce'), JSON.stringify(t.text));
    await t.prompt();
    t.type('abc\x03');
    await t.until('633;B');
    assert(!t.text.includes('633;E'));
    await sleep(50);
    t.text = '';
    t.type('tty; stty size; echo $DRYDOCK_NONCE-; env | grep -c -i nonce; id -u\r');
    await t.until('633;D');
    assert(/\/dev\/pts\/\d+\r\n24 80\r\n-\r\n0\r\n0\r\n/.test(t.text), JSON.stringify(t.text));
    t.text = '';
    t.resize(100, 30);
    t.type('stty size\r');
    await t.until('30 100');
    t.child.kill('SIGKILL');
  },
  async 'survives its client, replays, is taken over'() {
    const a = new Terminal('b');
    await a.prompt();
    a.type('sleep 0.4; echo late-$((40+2))\r');
    await sleep(100);
    a.child.kill('SIGKILL');
    await sleep(700);
    const b = new Terminal('b', { after: a.received, nonce: 'other' });
    await b.until('late-42');
    assert.equal(b.hello.fresh, false);
    assert.equal(b.hello.pid, a.hello.pid);
    assert.equal(b.hello.nonce, 'n0nce');
    const c = new Terminal('b', { after: 0, cols: 90, rows: 40 });
    await c.until('late-42');
    assert.equal(c.hello.replayFrom, 0);
    assert.equal(await b.done, 0);
    c.text = '';
    c.type('stty size\r');
    await c.until('40 90');
    c.child.stdin.end();
    assert.equal(await c.done, 0);
    const d = new Terminal('b', { after: c.received });
    await d.until(() => d.hello);
    assert.equal(d.hello.fresh, false);
    d.type('exit 7\r');
    assert.equal(await d.done, 0);
    assert.equal(d.exit, 7);
    const e = new Terminal('b', { after: 12345 });
    await e.prompt();
    assert.equal(e.hello.fresh, true);
    e.kill();
    await e.done;
  },
  async 'Ctrl-C in a flood, paused or not'() {
    const t = new Terminal('c');
    await t.prompt();
    t.type('yes abcdefghijklmnopqrstuvwxyz\r');
    await t.until(() => t.received > 2e6, 20000);
    const began = performance.now();
    t.type('\x03');
    await t.until('633;D;130');
    console.log(`    prompt ${(performance.now() - began).toFixed(1)} ms after Ctrl-C in a flood`);
    await t.prompt();
    t.autoAllow = false;
    const before = t.received;
    t.type('yes\r');
    await sleep(400);
    const stuck = t.received;
    await sleep(200);
    assert.equal(t.received, stuck);
    assert(stuck - before <= WINDOW + 70000, `${stuck - before}`);
    t.type('\x03');
    await sleep(150);
    const p = spawnSync('docker', ['exec', container, 'pgrep', '-x', 'yes']);
    assert.equal(String(p.stdout), '', 'yes is gone though output is paused');
    t.autoAllow = true;
    t.child.stdin.write(frame('w', u64(t.received + WINDOW)));
    await t.until('633;D;130');
    await t.prompt();
    t.type('sleep 100\r');
    await sleep(100);
    for (let i = 0; i < 8; i++) t.type('x'.repeat(60000));
    await sleep(100);
    t.type('\x03');
    await t.until('633;D;130');
    t.kill();
    await t.done;
  },
  async 'keeps what an absent client has not seen, and pauses'() {
    const t = new Terminal('d');
    await t.prompt();
    t.type('seq 1 400000\r');
    await sleep(30);
    t.child.kill('SIGKILL');
    await sleep(800);
    const u = new Terminal('d', { after: t.received });
    await u.until(() => u.hello);
    assert.equal(u.hello.replayFrom, t.received);
    await u.until('400000\r\n', 10000);
    await u.until('633;D;0');
    u.kill();
    await u.done;
  },
  async 'bulk and echo are fast'() {
    const t = new Terminal('e');
    await t.prompt();
    const start = t.received;
    let began = performance.now();
    t.frames = 0;
    t.type('head -c 60000000 /dev/zero | tr "\\0" x\r');
    await t.until(() => t.received - start > 6e7, 60000);
    const s = (performance.now() - began) / 1000;
    console.log(`    bulk ${(60 / s).toFixed(1)} MB/s, ${Math.round(6e7 / t.frames)} bytes per frame`);
    await t.until('633;D');
    await sleep(100);
    t.text = '';
    const list = [];
    for (let i = 0; i < 300; i++) {
      const r = t.received;
      began = performance.now();
      t.type('a');
      while (t.received === r) await new Promise(setImmediate);
      list.push(performance.now() - began);
      await sleep(2);
      if (i % 60 === 59) {
        t.type('\x15');
        await sleep(20);
      }
    }
    console.log(`    keystroke echo ${times(list)}`);
    t.kill();
    await t.done;
  },
  async 'vim, less, top, job control'() {
    const t = new Terminal('f');
    await t.prompt();
    t.type('sleep 50\r');
    await sleep(150);
    t.type('\x1a');
    await t.until('Stopped');
    await t.until('633;B');
    t.text = '';
    t.type('fg\r');
    await sleep(100);
    t.type('\x03');
    await t.until('633;D;130');
    await t.prompt();
    t.type('vim v.txt\r');
    await sleep(300);
    t.type('ihello\x1b:wq\r');
    await t.until('633;D;0');
    await t.prompt();
    t.type('cat v.txt\r');
    await t.until('hello\r\n');
    await t.until('633;B');
    t.text = '';
    t.type('seq 500 | less\r');
    await t.until(':\x1b[K');
    t.type('q');
    await t.until('633;D;0');
    await t.prompt();
    t.type('top\r');
    await t.until('dockerd');
    t.type('q');
    await t.until('633;D;0');
    await t.prompt();
    t.type('docker ima\t');
    await t.until(() => t.text.replaceAll('\x07', '').includes('image'), 4000);
    t.text = '';
    t.type('\t\t');
    await t.until('images');
    console.log(`    completion: ${JSON.stringify(t.text.slice(-80))}`);
    t.type('\x03');
    t.kill();
    await t.done;
    assert.equal(t.exit, 129);
  },
  async 'two at once, killed whole, also through --kill'() {
    const [a, b] = [new Terminal('g', { id: `tok-${run}` }), new Terminal('h')];
    await Promise.all([a.prompt(), b.prompt()]);
    b.type("trap '' HUP TERM; sleep 98765 & sleep 98765\r");
    await sleep(200);
    const began = performance.now();
    b.kill();
    await b.done;
    console.log(`    stubborn shell gone after ${(performance.now() - began).toFixed(0)} ms`);
    assert.equal(String(spawnSync('docker', ['exec', container, 'pgrep', '-f', 'sleep 98765']).stdout), '');
    assert.equal(spawnSync('docker', ['exec', container, 'drydock-enter', '--kill', `tok-${run}`]).status, 0);
    await a.done;
    const again = new Terminal('g', { after: a.received });
    await again.until(() => again.hello);
    assert.equal(again.hello.fresh, false, 'the shell outlives its attachment');
    again.kill();
    await again.done;
  },
  async 'refuses nonsense'() {
    const t = new Terminal('i');
    await t.prompt();
    const bad = Buffer.alloc(5);
    bad.write('i');
    bad.writeUInt32BE(0x7fffffff, 1);
    t.child.stdin.write(bad);
    await t.done;
    const u = new Terminal('i', { after: t.received });
    await u.until(() => u.hello);
    assert.equal(u.hello.fresh, false);
    u.kill();
    await u.done;
  },
};
for (const [name, test] of Object.entries(tests)) {
  if (process.argv[3] && !name.includes(process.argv[3])) continue;
  try {
    await test();
    console.log(`ok   ${name}`);
  } catch (error) {
    console.log(`FAIL ${name}\n${error.stack}`);
    process.exitCode = 1;
  }
}
process.exit();
