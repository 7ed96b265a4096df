/**
 * The simple commands of a shell text as lists of words: enough to see which images `docker run` and its like
 * name. No expansion; what stands in `$(…)` counts as a command of its own.
 */
export function readCommands(text: string): { words: string[]; line: number }[] {
  const commands: { words: string[]; line: number }[] = [];
  let words: string[] = [];
  let word: string | null = null;
  let line = 0;
  let startLine = 0;
  let quote: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push({ words, line: startLine });
    words = [];
  };
  const add = (character: string): void => {
    if (word === null && words.length === 0) startLine = line;
    word = (word ?? '') + character;
  };
  for (let index = 0; index < text.length; index++) {
    const character = text[index] ?? '';
    if (character === '\n') line += 1;
    if (quote !== null) {
      if (character === quote) quote = null;
      else if (quote === '"' && character === '\\' && index + 1 < text.length) add(text[++index] ?? '');
      else add(character);
    } else if (character === '\\') {
      index += 1;
      if (text[index] === '\n') line += 1;
      else add(text[index] ?? '');
    } else if (character === '"' || character === "'") {
      quote = character;
      add('');
    } else if (character === '#' && word === null) {
      while (index + 1 < text.length && text[index + 1] !== '\n') index += 1;
    } else if (/[\n;|&()`]/.test(character)) {
      // `$(`: the dollar begins no word of its own.
      if (character === '(' && word === '$') word = null;
      endCommand();
    } else if (/\s/.test(character)) endWord();
    else add(character);
  }
  endCommand();
  return commands;
}
