/** The first half of the names Docker gives to containers nobody named, such as `angry_hopper`. */
const moods =
  'admiring adoring affectionate agitated amazing angry awesome beautiful blissful bold boring brave busy charming clever compassionate competent condescending confident cool cranky crazy dazzling determined distracted dreamy eager ecstatic elastic elated elegant eloquent epic exciting fervent festive flamboyant focused friendly frosty funny gallant gifted goofy gracious great happy hardcore heuristic hopeful hungry infallible inspiring intelligent interesting jolly jovial keen kind laughing loving lucid magical modest musing mystifying naughty nervous nice nifty nostalgic objective optimistic peaceful pedantic pensive practical priceless quirky quizzical recursing relaxed reverent romantic sad serene sharp silly sleepy stoic strange stupefied suspicious sweet tender thirsty trusting unruffled upbeat vibrant vigilant vigorous wizardly wonderful xenodochial youthful zealous zen';

/**
 * What is another one each time, in this order: what is longer before what it is made of. Each becomes `#`. Written so
 * that none of them takes longer than its line is long.
 */
const varying: readonly RegExp[] = [
  new RegExp(`\\b(?:${moods.replaceAll(' ', '|')})_[a-z]+\\d*\\b`, 'g'),
  // Digests, and ids, whole or cut
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
  /\bsha256:[0-9a-f]*/g,
  /\b[0-9a-f]{12,}\b/g,
  /\b(?=[a-f]{0,64}[0-9])[0-9a-f]{6,}\b/g,
  /\b(?=[a-z]{0,64}[0-9])[a-z0-9]{20,}\b/g,
  // Of Swarm, as `docker network ls` cuts them
  /\b(?=[a-z]{0,11}[0-9])[a-z0-9]{12}\b/g,
  // Addresses
  /\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b/gi,
  /\b(?:[0-9a-f]{1,4}:){2,7}:?[0-9a-f]{0,4}(?:\/\d+)?/gi,
  // Times
  /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b,?/g,
  /\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b/g,
  /\b(?:UTC|GMT)\b/g,
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.\d]*Z?/g,
  /\b(?:Less than a|About an?)(?= (?:second|minute|hour))/gi,
  // Numbers and sizes, with what they are of
  /\d[\d.,:]*\s?(?:[kKMGT]i?)?B\b/g,
  /\d[\d.,:]*\s?(?:ns|[µμ]s|ms|s|m|h|seconds?|minutes?|hours?|days?|weeks?|months?|years?|bytes?)\b/g,
  /#\s(?:seconds?|minutes?|hours?|days?)\b/g,
  /\d+/g,
];

/** How a program ended is what an output is often shown for. */
const exitCodes = /\b(Exited \(|exit code:? |exited with code |exit status:? )(\d{1,3})\b/gi;
/** No pattern takes a letter for something that varies. */
const spellCode = (code: string) => [...code].map((digit) => 'ghijklmnop'[Number(digit)]).join('');

/** Lines of a build that are there or not as the time is. */
const passing = /^=> => |^\[\+\] /;
const longestLine = 2_000;

/** Two outputs whose masked lines are equal say the same. @returns '' for a line that says nothing */
export function maskLine(line: string): string {
  let masked = line
    .slice(0, longestLine)
    .replace(/[\u2500-\u257f]+|[-=+_*]{3,}|\s+/g, ' ')
    .trim();
  if (passing.test(masked)) return '';
  masked = masked.replace(exitCodes, (_all, words: string, code: string) => `${words}code ${spellCode(code)}`);
  for (const pattern of varying) masked = masked.replace(pattern, '#');
  // A health check has had its turn, or not yet.
  masked = masked.replace(/\((?:health: starting|healthy)\)/g, '').replace(/[#.,:/\s]*#[#.,:/\s]*/g, ' # ');
  return masked.trim();
}

/**
 * Whether what is shown is still what is seen, but for ids, times, sizes and numbers. The order of lines and how often
 * one comes does not count: what happens at the same time is told in any order.
 * @param isPart only some lines of the output are shown
 */
export function sameOutput(shown: readonly string[], seen: readonly string[], isPart: boolean): boolean {
  const shownLines = maskedLines(shown);
  const seenLines = maskedLines(seen);
  const isIn = (lines: ReadonlySet<string>) => (line: string) => lines.has(line);
  return [...shownLines].every(isIn(seenLines)) && (isPart || [...seenLines].every(isIn(shownLines)));
}

function maskedLines(lines: readonly string[]): Set<string> {
  return new Set(lines.map(maskLine).filter((line) => line !== ''));
}
