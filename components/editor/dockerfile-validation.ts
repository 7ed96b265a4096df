import { ValidationCode, validate } from 'dockerfile-utils';

type Problem = Omit<ReturnType<typeof validate>[number], 'message'> & { message: string };

const instructions = [
  ...['ADD', 'ARG', 'CMD', 'COPY', 'ENTRYPOINT', 'ENV', 'EXPOSE', 'FROM', 'HEALTHCHECK', 'LABEL', 'MAINTAINER'],
  ...['ONBUILD', 'RUN', 'SHELL', 'STOPSIGNAL', 'USER', 'VOLUME', 'WORKDIR'],
];

/** What Docker would refuse in a Dockerfile, the causes only. */
export function dockerfileProblems(text: string): Problem[] {
  const problems = validate(text).map((problem) => ({
    ...problem,
    message: typeof problem.message === 'string' ? problem.message : problem.message.value,
  }));
  const unknown = problems.filter(({ code }) => code === ValidationCode.UNKNOWN_INSTRUCTION);
  const isUnknown = ({ range }: Problem) => unknown.some((other) => other.range.start.line === range.start.line);
  return problems
    .filter((problem) => problem.code !== ValidationCode.NO_SOURCE_IMAGE || !isUnknown(problem))
    .map((problem) => (unknown.includes(problem) ? { ...problem, message: withGuess(problem.message) } : problem));
}

function withGuess(message: string): string {
  const written = /: (\S+)$/.exec(message)?.[1]?.toUpperCase();
  const meant = written === undefined ? undefined : instructions.find((name) => isSlipOf(written, name));
  return meant === undefined ? message : `${message}. Did you mean ${meant}?`;
}

/** One letter wrong, missing or too many, or two that changed places. */
function isSlipOf(written: string, meant: string): boolean {
  let start = 0;
  while (start < meant.length && written[start] === meant[start]) start += 1;
  const left = written.slice(start);
  const right = meant.slice(start);
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    (left.slice(2) === right.slice(2) && left[0] === right[1] && left[1] === right[0])
  );
}
