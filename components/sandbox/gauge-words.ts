import type { GaugeName } from './gauges.ts';

interface GaugeWords {
  label: string;
  /** Where it warns in the status bar: "Disk is 93 % full". */
  short: string;
  /** What is counted, and what happens at the limit. */
  meaning: string;
  /** What to do then; shown where it warns. */
  remedy: { words: string; command: string | null };
}

const prune = 'docker system prune --force';
const findContainer = {
  words: 'Stop a container you do not need: docker stop NAME. To see them:',
  command: 'docker ps',
};

export const gaugeWords: Record<GaugeName, GaugeWords> = {
  memory: {
    label: 'Memory',
    short: 'Memory is',
    meaning: 'Docker, containers and shells together. Full: a large process is ended.',
    remedy: findContainer,
  },
  cpu: {
    label: 'CPU',
    short: 'CPU is',
    meaning: 'Cores in use now. At the limit all gets slower; nothing is lost.',
    remedy: { words: 'Wait, or stop what works so hard. To see it:', command: 'top' },
  },
  pids: {
    label: 'Processes',
    short: 'Processes are',
    meaning: 'With their threads. At the limit nothing new starts.',
    remedy: findContainer,
  },
  'open-files': {
    label: 'Open files',
    short: 'Open files are',
    meaning: 'Of the process that has most. At the limit: “Too many open files”.',
    remedy: { words: 'Restart the program that has so many.', command: null },
  },
  disk: {
    label: 'Disk',
    short: 'Disk is',
    meaning: 'Images, containers, volumes, build cache. Full: “No space left on device”.',
    remedy: { words: 'Remove what nothing uses:', command: prune },
  },
  'disk-inodes': {
    label: 'Files on this disk',
    short: 'Files on the disk are',
    meaning: 'Folders too. At the limit also: “No space left on device”.',
    remedy: { words: 'Remove what nothing uses:', command: prune },
  },
  log: {
    label: 'Largest log',
    short: 'Log is',
    meaning: 'Of one container. At the limit the oldest lines go.',
    remedy: { words: '', command: null },
  },
  home: {
    label: 'Size of your files',
    short: 'Your files are',
    meaning: 'Those of all lessons. Full: nothing more can be saved.',
    remedy: { words: 'Delete what you no longer need. The largest:', command: 'du -ah ~ | sort -h | tail' },
  },
  'home-inodes': {
    label: 'Number of your files',
    short: 'Number of your files is',
    meaning: 'Folders too. At the limit no new ones can be made.',
    remedy: { words: 'Delete what you no longer need.', command: null },
  },
};

export const gaugeGroups: { title: string; gauges: GaugeName[] }[] = [
  { title: 'What runs', gauges: ['memory', 'cpu', 'pids', 'open-files'] },
  { title: 'Docker’s disk', gauges: ['disk', 'disk-inodes', 'log'] },
  { title: 'Your files', gauges: ['home', 'home-inodes'] },
];

/** What to do, for those who look before something is full. Code stands between backticks. */
export const makingRoom =
  'To make room: `docker stop NAME` frees memory and processes, `docker system prune` removes containers, networks and images that nothing uses.';

/** Those in the status bar. */
export const barGauges: readonly GaugeName[] = ['memory', 'disk', 'cpu'];

/** What a gauge that warns says: "Disk is 93 % full". */
export function warningWords(name: GaugeName, percent: string, full: boolean): string {
  const { short } = gaugeWords[name];
  if (name === 'cpu') return `${short} at its limit`;
  if (name === 'pids' || name === 'open-files' || name === 'disk-inodes' || name === 'home-inodes')
    return full ? `${short} at the limit` : `${short} at ${percent} of the limit`;
  return full ? `${short} full` : `${short} ${percent} full`;
}
