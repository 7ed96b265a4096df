import { dockerfileProblems } from './dockerfile-validation.ts';
import { monaco } from './monaco.ts';

const owner = 'dockerfile';
/** Checking is done on the page's thread; nobody writes a Dockerfile this long. */
const maxLength = 200_000;
const delayMs = 250;

/** Marks what Docker would refuse in every open Dockerfile, while it is typed. Gives the end of it. */
export function followDockerfiles(): () => void {
  const timers = new Map<monaco.editor.ITextModel, ReturnType<typeof setTimeout>>();
  const check = (model: monaco.editor.ITextModel): void => {
    if (model.isDisposed()) return;
    const applies = model.getLanguageId() === 'dockerfile' && model.getValueLength() <= maxLength;
    monaco.editor.setModelMarkers(model, owner, applies ? problemsOf(model.getValue()) : []);
  };
  const checkSoon = (model: monaco.editor.ITextModel): void => {
    clearTimeout(timers.get(model));
    timers.set(
      model,
      setTimeout(() => check(model), delayMs),
    );
  };
  const follow = (model: monaco.editor.ITextModel): void => {
    check(model);
    model.onDidChangeContent(() => checkSoon(model));
    model.onDidChangeLanguage(() => check(model));
    model.onWillDispose(() => {
      clearTimeout(timers.get(model));
      timers.delete(model);
    });
  };
  for (const model of monaco.editor.getModels()) follow(model);
  const subscription = monaco.editor.onDidCreateModel(follow);
  return () => {
    subscription.dispose();
    for (const timer of timers.values()) clearTimeout(timer);
  };
}

function problemsOf(text: string): monaco.editor.IMarkerData[] {
  return dockerfileProblems(text).map((problem) => ({
    severity:
      problem.severity === 1 || problem.severity === undefined
        ? monaco.MarkerSeverity.Error
        : monaco.MarkerSeverity.Warning,
    message: problem.message,
    source: 'Dockerfile',
    startLineNumber: problem.range.start.line + 1,
    startColumn: problem.range.start.character + 1,
    endLineNumber: problem.range.end.line + 1,
    endColumn: problem.range.end.character + 1,
  }));
}
