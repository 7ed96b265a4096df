/** Sources for tests: a whole lesson around a body. The body begins in line 9. */
export function lessonSource(body: string, more: string[] = []): string {
  const front = [
    'title: A lesson',
    'summary: One sentence.',
    'minutes: 5',
    'level: beginner',
    'objectives: [Do it]',
    ...more,
  ];
  return `---\n${front.join('\n')}\n---\n\n${body}\n`;
}

/** Line of the first line of `body` in `lessonSource(body)`. */
export const bodyLine = 9;

/** A fenced block; the backticks would end a template in a test. */
export function fence(info: string, content: string): string {
  return `\`\`\`${info}\n${content}\n\`\`\``;
}

export const passingCheck = fence('yaml check', 'title: It runs\ncontainer: web\nstate: running');
