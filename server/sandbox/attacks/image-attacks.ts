import { spawn } from 'node:child_process';
import { extract } from 'tar-stream';
import { expect } from 'vitest';
import type { Attack } from './attack.ts';

interface Privileged {
  /** Programs that run as their owner or group. */
  setuid: string[];
  /** Files with capabilities. */
  capable: string[];
  devices: string[];
  files: number;
}

/** What is in the image, read from the engine's export of it, not asked of a program in it. */
async function readImage(container: string): Promise<Privileged> {
  const found: Privileged = { setuid: [], capable: [], devices: [], files: 0 };
  const child = spawn('docker', ['export', container], { stdio: ['ignore', 'pipe', 'inherit'] });
  const archive = extract();
  child.stdout.pipe(archive);
  for await (const entry of archive) {
    const { name, mode, type, pax } = entry.header;
    if (type === 'file' || type === 'link') {
      found.files += 1;
      if (((mode ?? 0) & 0o6000) !== 0) found.setuid.push(name);
      if (Object.keys(pax ?? {}).some((key) => key.endsWith('security.capability'))) found.capable.push(name);
    }
    if (type === 'block-device' || type === 'character-device') found.devices.push(name);
    entry.resume();
  }
  return found;
}

export const imageAttacks: readonly Attack[] = [
  {
    name: 'setuid programs and file capabilities of the image',
    control: 'only newuidmap and newgidmap, by one file capability each; no setuid or setgid program, no device',
    from: ['outside'],
    carryOut: async (ground) => {
      const found = await readImage(ground.containerName(ground.attacker));
      expect(found.files).toBeGreaterThan(1_000);
      expect(found.setuid).toEqual([]);
      expect(found.devices.filter((name) => !name.startsWith('dev/'))).toEqual([]);
      expect(found.capable.sort()).toEqual(['usr/bin/newgidmap', 'usr/bin/newuidmap']);
      const outcome = await ground.shell('outside', 'grep -E "^Cap(Eff|Prm|Bnd)" /proc/self/status; id -u');
      // CAP_SETGID and CAP_SETUID, bits 6 and 7, and only as a bound.
      expect(outcome.out).toMatch(/CapPrm:\s+0+\n[\s\S]*CapEff:\s+0+\nCapBnd:\s+0+c0\n1000/);
      return `${found.files} files, 2 with a capability`;
    },
  },
];
