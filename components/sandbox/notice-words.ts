import type { SandboxNotice } from '../../protocol/sandbox.ts';
import { formatSpan, sayMoment } from '../ui/moment.ts';
import { formatMemory } from '../ui/quantity.ts';

/** Names the server sends at most. */
const mostNames = 20;

export interface NoticeWords {
  title: string;
  text: string;
  /** Names of containers, as `docker ps` shows them. */
  lists: { words: string; names: string[] }[];
  /** A command that helps; for the learner to copy. */
  command: { words: string; command: string } | null;
}

/** A notice in words. `now`: unix milliseconds. */
export function noticeWords(notice: SandboxNotice, now: number): NoticeWords {
  switch (notice.kind) {
    case 'woken':
      return plain('Going on', `It was paused for ${formatSpan(notice.pausedMs)}.`);
    case 'restarted':
      return restarted(notice, now);
    case 'archived':
      return plain(
        'Your earlier sandbox was removed; your files were kept',
        `It was not used for long, or whoever runs this lab removed it. Its containers, images and volumes are gone. The files of all lessons are in an archive that was made ${sayMoment(notice.archive.createdAt, now)} (${formatMemory(notice.archive.bytes)}).`,
      );
    case 'disk-full':
      return {
        ...plain(
          'Your sandbox used more disk than it may',
          `It used ${formatMemory(notice.usedBytes)} of ${formatMemory(notice.limitBytes)}, so the lab stopped it for a moment.`,
        ),
        command: { words: 'Remove what nothing uses:', command: 'docker system prune --force' },
      };
    case 'lost':
      return plain(
        'Your earlier sandbox is gone from this server',
        'Its containers and files were no longer there, and no archive of them was made. This is a fresh sandbox; the steps you completed still count. Tell whoever runs the lab.',
      );
    case 'egress-unavailable':
      return plain('This lesson asks for the internet', notice.message);
  }
}

function plain(title: string, text: string): NoticeWords {
  return { title, text, lists: [], command: null };
}

type Restarted = Extract<SandboxNotice, { kind: 'restarted' }>;

const causes: Record<Restarted['why'], (when: string) => string> = {
  idle: (when) => `It was stopped ${when}, because nobody used it.`,
  room: (when) => `It was stopped ${when}, because another learner needed the room.`,
  operator: (when) => `Whoever runs this lab stopped it ${when}.`,
  died: (when) => `It ended by itself ${when}.`,
  engine: (when) => `It ended ${when}, with the server’s Docker Engine.`,
};

/** Docker allows no other characters in names; whatever else a sandbox sends is not put into a command. */
const containerName = /^[a-zA-Z0-9][\w.-]*$/;

function restarted({ why, stoppedAt, running, ended }: Restarted, now: number): NoticeWords {
  const startable = ended.filter((name) => containerName.test(name));
  const others = ended.filter((name) => !startable.includes(name));
  const kept = 'Files, images and volumes are as they were; what ran in the terminals has ended.';
  const policy = running.length === 1 ? 'its restart policy says' : 'their restart policies say';
  return {
    title: 'Your sandbox was started again',
    text: `${causes[why](sayMoment(stoppedAt, now))} ${kept}`,
    lists: [
      ...(running.length === 0 ? [] : [{ words: `Running again, as ${policy}:`, names: running }]),
      ...(others.length === 0 ? [] : [{ words: 'Not running any more:', names: others }]),
    ],
    command:
      startable.length === 0 ? null : { words: startWords(ended), command: `docker start ${startable.join(' ')}` },
  };
}

function startWords(ended: string[]): string {
  if (ended.length === 1) return 'One container does not run any more. To start it:';
  return ended.length < mostNames
    ? `${ended.length} containers do not run any more. To start them:`
    : 'Many containers do not run any more; `docker ps --all` lists all. To start these:';
}

/** For screen readers, once. */
export function spokenNotice(notice: SandboxNotice, now: number): string {
  const { title, text, lists, command } = noticeWords(notice, now);
  const names = lists.map((list) => `${list.words} ${list.names.join(', ')}.`);
  const then = command === null ? [] : [`${command.words} ${command.command}.`];
  return [`${title}.`, text, ...names, ...then].join(' ').replaceAll('`', '');
}

/** The result of putting an archive back. */
export function restoredWords({ restored, kept }: { restored: number; kept: string[] }): string {
  const back =
    restored === 0
      ? 'No file was missing.'
      : restored === 1
        ? 'One file is back.'
        : `${restored.toLocaleString('en')} files are back.`;
  if (kept.length === 0) return back;
  return `${back} These were there already and differ, so your earlier version is beside each, with .restored after its name:`;
}
