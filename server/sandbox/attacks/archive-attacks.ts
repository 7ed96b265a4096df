import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Header, pack } from 'tar-stream';
import { expect } from 'vitest';
import type { Attack } from './attack.ts';
import type { AttackGround } from './attack-ground.ts';

async function tarOf(entries: readonly (Partial<Header> & { name: string; text?: string })[]): Promise<Buffer> {
  const archive = pack();
  for (const { text, ...header } of entries) archive.entry(header, text ?? '');
  archive.finalize();
  return buffer(archive);
}

/** Every way out of a folder that a tar archive can spell. */
function hostileEntries(ground: AttackGround): (Partial<Header> & { name: string; text?: string })[] {
  const name = `escape-${ground.marker}`;
  return [
    { name: `../${name}`, text: 'x' },
    { name: `a/../../${name}`, text: 'x' },
    { name: `/tmp/${name}`, text: 'x' },
    { name: 'link', type: 'symlink', linkname: '/etc' },
    { name: 'hard', type: 'link', linkname: '/etc/passwd' },
    { name: 'disk', type: 'block-device', devmajor: 254, devminor: 0 },
    { name: 'mem', type: 'character-device', devmajor: 1, devminor: 1 },
    { name: 'pipe', type: 'fifo' },
  ];
}

/** The file that every hostile archive tries to leave somewhere, wherever it is in the sandbox. */
async function traces(ground: AttackGround, id: string): Promise<string> {
  const find = `find / -name 'escape-${ground.marker}' -not -path '/proc/*' -not -path '/var/lib/docker/*' 2>/dev/null; true`;
  return (await ground.exec(id, ['sh', '-c', find])).out;
}

export const archiveAttacks: readonly Attack[] = [
  {
    name: 'archives with “..”, absolute names, links and devices, sent to the lab',
    control: 'every entry is looked at by the server, and unpacked by tar in the sandbox; files and folders only',
    from: ['learner'],
    carryOut: async (ground) => {
      for (const entry of hostileEntries(ground)) {
        const tar = Readable.from([await tarOf([entry])]);
        await expect(ground.host.putArchive(ground.attacker, '/root/unpacked', tar), entry.name).rejects.toMatchObject({
          code: 'file.path-invalid',
        });
      }
      // Through a link the learner put there before: it leads to their own /etc at most.
      await ground.shell('learner', 'mkdir -p /root/unpacked; ln -sfn /tmp /root/unpacked/out');
      const through = Readable.from([await tarOf([{ name: `out/escape-${ground.marker}`, text: 'x' }])]);
      await ground.host.putArchive(ground.attacker, '/root/unpacked', through).catch(() => undefined);
      expect((await ground.engine(['exec', ground.containerName(ground.neighbour), 'ls', '/tmp'])).out).not.toContain(
        'escape-',
      );
      await ground.shell('learner', `rm -rf /root/unpacked /tmp/escape-${ground.marker}`);
      expect(await traces(ground, ground.attacker)).toBe('');
      return 'file.path-invalid';
    },
  },
  {
    name: 'hostile archives for docker load, docker import and docker cp',
    control: 'the learner’s daemon unpacks them, in the sandbox, in a chroot of each layer',
    from: ['learner'],
    carryOut: async (ground) => {
      const layer = await tarOf(hostileEntries(ground));
      const manifest = JSON.stringify([
        { Config: 'c.json', RepoTags: ['evil:1'], Layers: ['../../../../../etc/passwd'] },
      ]);
      const image = await tarOf([
        { name: 'manifest.json', text: manifest },
        { name: 'c.json', text: '{}' },
        { name: `../../escape-${ground.marker}`, text: 'x' },
      ]);
      const imported = await ground.exec(
        ground.attacker,
        ['docker', 'import', '-', 'evil:1'],
        layer.toString('latin1'),
      );
      const loaded = await ground.exec(ground.attacker, ['docker', 'load'], image.toString('latin1'));
      expect(loaded.code, loaded.said).not.toBe(0);
      expect(imported.code, imported.said).not.toBe(0);
      // A link in a container that points at a file of the host is followed in the container.
      const copied = await ground.shell(
        'learner',
        `docker exec attacker ln -sf ${ground.hostFile} /tmp/link; docker cp -L attacker:/tmp/link /root/copied; cat /root/copied; docker image rm -f evil:1`,
      );
      expect(copied.out).not.toContain(ground.marker);
      expect(await traces(ground, ground.attacker)).toBe('');
      return 'refused by the learner’s own daemon';
    },
  },
];
