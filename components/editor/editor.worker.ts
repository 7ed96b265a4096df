/// <reference lib="webworker" />
// Monaco's worker (diffs, word lists), bundled as a file of our own: the page loads nothing from elsewhere.
import 'monaco-editor/editor/editor.worker';
