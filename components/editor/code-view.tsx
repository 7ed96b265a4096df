'use client';

import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useRef } from 'react';
import { monaco } from './monaco.ts';
import type { MonacoBuffer } from './monaco-buffer.ts';
import { codeFont, followTheme } from './monaco-theme.ts';

export interface CodeViewHandle {
  /** `typed`: what the person has typed for it already. */
  focus(typed?: string): void;
  /** Goes to the next problem and says what it is. */
  nextProblem(): void;
}

interface CodeViewProps {
  path: string;
  buffer: MonacoBuffer;
  /** The Tab key leaves the editor instead of indenting. */
  onTabFocusChange(leaves: boolean): void;
  onBlur(): void;
  ref: Ref<CodeViewHandle>;
}

const fontSize = 13;

/** Options that the editor and the comparison share. */
export function editorOptions(): monaco.editor.IEditorOptions {
  return {
    automaticLayout: true,
    fontFamily: codeFont(),
    fontSize,
    lineHeight: 20,
    fontLigatures: false,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    accessibilitySupport: 'auto',
    fixedOverflowWidgets: true,
    dropIntoEditor: { enabled: false },
    stickyScroll: { enabled: false },
    renderLineHighlight: 'line',
    padding: { top: 8, bottom: 8 },
    lineNumbersMinChars: 4,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10 },
    // A lesson teaches; guessing words from the file around does not.
    quickSuggestions: false,
  };
}

/** Closes Monaco's view of one problem, if it is open. */
function closeProblem(editor: monaco.editor.IStandaloneCodeEditor): void {
  const view = editor.getContribution<monaco.editor.IEditorContribution & { close?(focusEditor: boolean): void }>(
    'editor.contrib.markerController',
  );
  view?.close?.(editor.hasWidgetFocus());
}

/** One Monaco editor. Another file is another model in it; cursor and scroll position are kept for each. */
export function CodeView({ path, buffer, onTabFocusChange, onBlur, ref }: CodeViewProps) {
  const container = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const places = useRef(new WeakMap<monaco.editor.ITextModel, monaco.editor.ICodeEditorViewState>());
  const callbacks = useRef({ onTabFocusChange, onBlur });
  useEffect(() => {
    callbacks.current = { onTabFocusChange, onBlur };
  });

  // Made and filled before the page is shown, so that it can take the focus at once.
  useLayoutEffect(() => {
    if (container.current === null) return;
    const endTheme = followTheme();
    const made = monaco.editor.create(container.current, {
      ...editorOptions(),
      model: null,
      wordBasedSuggestions: 'off',
      bracketPairColorization: { enabled: false },
    });
    editor.current = made;
    // What F8 shows would stand over a line that is right by now.
    const endMarkers = monaco.editor.onDidChangeMarkers((changed) => {
      const model = made.getModel();
      if (model !== null && changed.some((uri) => uri.toString() === model.uri.toString())) closeProblem(made);
    });
    made.onDidBlurEditorText(() => callbacks.current.onBlur());
    // Monaco's own switch for this tells nobody how it stands. On a Mac, Command+M belongs to the system.
    const modifier = /Mac/.test(navigator.platform) ? monaco.KeyMod.WinCtrl : monaco.KeyMod.CtrlCmd;
    let tabLeaves = false;
    callbacks.current.onTabFocusChange(tabLeaves);
    made.addAction({
      id: 'drydock.tab',
      label: 'Let Tab leave the editor, or indent',
      keybindings: [modifier | monaco.KeyCode.KeyM],
      run: () => {
        tabLeaves = !tabLeaves;
        made.updateOptions({ tabFocusMode: tabLeaves });
        callbacks.current.onTabFocusChange(tabLeaves);
      },
    });
    // Letters measured before the font arrived would put the cursor beside them.
    void document.fonts.load(`${fontSize}px ${codeFont()}`).then(() => monaco.editor.remeasureFonts());
    return () => {
      editor.current = null;
      endMarkers.dispose();
      made.dispose();
      endTheme();
    };
  }, []);

  useLayoutEffect(() => {
    const shown = editor.current;
    if (shown === null) return;
    shown.setModel(buffer.model);
    const place = places.current.get(buffer.model);
    if (place !== undefined) shown.restoreViewState(place);
    return () => {
      const left = buffer.model.isDisposed() ? null : shown.saveViewState();
      if (left !== null) places.current.set(buffer.model, left);
    };
  }, [buffer]);

  useEffect(() => editor.current?.updateOptions({ ariaLabel: `${path}, editor` }), [path]);

  useImperativeHandle(
    ref,
    () => ({
      focus: (typed = '') => {
        editor.current?.focus();
        if (typed !== '') editor.current?.trigger('keyboard', 'type', { text: typed });
      },
      nextProblem: () => {
        editor.current?.focus();
        editor.current?.trigger('footer', 'editor.action.marker.next', null);
      },
    }),
    [],
  );
  return <div ref={container} className="h-full min-h-0 w-full" />;
}
