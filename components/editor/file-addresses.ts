import type { Answer } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';

/** Addresses of a lesson's files, for downloads and uploads. */
export function archiveAddress(lesson: string): string {
  return `/api/workspace/${lesson}/archive`;
}

export function fileAddress(lesson: string, path: string): string {
  return `/api/workspace/${lesson}/files/${path.split('/').map(encodeURIComponent).join('/')}`;
}

export type UploadOutcome = { outcome: 'done' } | { outcome: 'exists' } | { outcome: 'failed'; message: string };

/** Sends one file. `exists`: nothing was changed, the person has to say whether it is replaced. */
export async function uploadFile(lesson: string, path: string, file: Blob, replace: boolean): Promise<UploadOutcome> {
  if (file.size > limits.fileUpload) {
    return {
      outcome: 'failed',
      message: `${path} is too large: at most ${limits.fileUpload / 1024 / 1024} MiB can be uploaded at a time.`,
    };
  }
  try {
    const response = await fetch(`${fileAddress(lesson, path)}${replace ? '?replace=1' : ''}`, {
      method: 'PUT',
      body: file,
    });
    const answer = (await response.json()) as Answer<unknown>;
    if (answer.ok) return { outcome: 'done' };
    return answer.error.code === 'file.exists' && !replace
      ? { outcome: 'exists' }
      : { outcome: 'failed', message: answer.error.message };
  } catch {
    return { outcome: 'failed', message: `${path} was not uploaded, because the server did not answer. Try again.` };
  }
}

/** Lets the browser save what is at an address. */
export function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
