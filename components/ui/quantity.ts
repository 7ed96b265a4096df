/** `1 GB`, `7.6 MB`, `512 kB`: decimal units, as `docker images` prints them; at most three digits. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[unit] ?? 'B'}`;
}

/** Sizes as people set them: `64 KiB`, `512 MiB`, `1.02 GiB`. */
export function formatMemory(bytes: number): string {
  if (bytes === 0) return '0 MiB';
  if (bytes < 0.9995 * 1024 ** 2) return `${Math.max(1, Math.round(bytes / 1024))} KiB`;
  const mebibytes = bytes / 1024 ** 2;
  return mebibytes >= 1023.5 ? `${Number((mebibytes / 1024).toPrecision(3))} GiB` : `${Math.round(mebibytes)} MiB`;
}

/** `0.8 s`, `12 s`, `3 min 20 s`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Whole seconds, for a number that counts while one watches: `4 s`, `1 min 4 s`. */
export function formatSeconds(milliseconds: number): string {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
