import { LiveDisplay } from './live-display.ts';
import { playLessons } from './play-lessons.ts';
import type { PlayRequest } from './play-request.ts';
import { renderLesson, renderSummary } from './render-report.ts';
import type { PlayReport } from './report.ts';

interface Output {
  write(text: string): void;
  isTTY: boolean;
  columns: number;
}

/** Plays lessons and shows how it goes: progress on `err`, results on `out` as text or as one JSON document. */
export async function playAndShow(
  request: PlayRequest,
  around: { root: string; env: Record<string, string | undefined>; signal: AbortSignal; out: Output; err: Output },
): Promise<PlayReport> {
  const { out, err, ...rest } = around;
  const display = new LiveDisplay(err);
  const results = request.json ? err : out;
  const report = await playLessons(request, {
    ...rest,
    display,
    onLesson: (lesson) => display.say(() => results.write(renderLesson(lesson))),
  });
  results.write(renderSummary(report));
  if (request.json) out.write(`${JSON.stringify(report, null, 2)}\n`);
  return report;
}
