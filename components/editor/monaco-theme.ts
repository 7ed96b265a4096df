import { monaco } from './monaco.ts';

const themeName = 'drydock';

/** Token of Monaco's grammars → token of `app/tokens.css`. */
const tokenColors: Record<string, string> = {
  comment: '--code-comment',
  keyword: '--code-keyword',
  tag: '--code-keyword',
  string: '--code-string',
  'string.escape': '--code-constant',
  number: '--code-constant',
  regexp: '--code-constant',
  constant: '--code-constant',
  variable: '--code-variable',
  attribute: '--code-variable',
  'attribute.name': '--code-variable',
  'attribute.value': '--code-string',
  type: '--code-type',
  namespace: '--code-type',
  metatag: '--code-type',
  function: '--code-function',
  predefined: '--code-function',
  delimiter: '--code-punctuation',
  operators: '--code-punctuation',
};

const editorColors: Record<string, string> = {
  'editor.background': '--code-background',
  'editor.foreground': '--code-foreground',
  'editor.lineHighlightBackground': '--code-line',
  'editor.selectionBackground': '--code-selection',
  'editor.inactiveSelectionBackground': '--code-selection',
  'editorLineNumber.foreground': '--code-line-number',
  'editorLineNumber.activeForeground': '--code-line-number-active',
  'editorLineNumber.dimmedForeground': '--code-line-number',
  'editorCursor.foreground': '--code-cursor',
  'editorIndentGuide.background1': '--code-indent',
  'editorIndentGuide.activeBackground1': '--steel-line-strong',
  'editorGutter.background': '--code-background',
  'editorBracketHighlight.foreground1': '--code-punctuation',
  'editorBracketHighlight.foreground2': '--code-punctuation',
  'editorBracketHighlight.foreground3': '--code-punctuation',
  'editorBracketMatch.background': '--code-selection',
  'editorBracketMatch.border': '--accent-line',
  'editorWidget.background': '--steel-raised',
  'editorWidget.foreground': '--steel-ink',
  'editorWidget.border': '--steel-line-strong',
  'editorHoverWidget.background': '--steel-raised',
  'editorHoverWidget.border': '--steel-line-strong',
  'input.background': '--steel-surface',
  'input.foreground': '--steel-ink',
  'input.border': '--steel-line-strong',
  'inputOption.activeBackground': '--accent-soft',
  'inputOption.activeForeground': '--accent-strong',
  'inputOption.activeBorder': '--accent-line',
  'menu.background': '--steel-raised',
  'menu.foreground': '--steel-ink',
  'menu.border': '--steel-line-strong',
  'menu.selectionBackground': '--accent-soft',
  'menu.selectionForeground': '--steel-ink',
  'menu.separatorBackground': '--steel-line',
  'editorError.foreground': '--failed',
  'editorWarning.foreground': '--warning',
  'editorInfo.foreground': '--building',
  'editorMarkerNavigation.background': '--steel-surface',
  'editorMarkerNavigationError.background': '--failed',
  'editorMarkerNavigationWarning.background': '--warning',
  'diffEditor.insertedLineBackground': '--running-soft',
  'diffEditor.removedLineBackground': '--failed-soft',
  'editorOverviewRuler.errorForeground': '--failed',
  'editorOverviewRuler.warningForeground': '--warning',
  'diffEditor.insertedTextBackground': '--running',
  'diffEditor.removedTextBackground': '--failed',
  'editor.findMatchBackground': '--terminal-search-active',
  'editor.findMatchHighlightBackground': '--terminal-search-match',
  focusBorder: '--focus',
  'scrollbarSlider.background': '--steel-line',
  'scrollbarSlider.hoverBackground': '--steel-line-strong',
  'scrollbarSlider.activeBackground': '--steel-ink-faint',
};

/** Makes Monaco's theme from the page's tokens, again whenever the page's theme changes. Gives the end of it. */
export function followTheme(): () => void {
  const root = document.documentElement;
  const apply = (): void => {
    const style = getComputedStyle(root);
    const read = (name: string): string | null => {
      const value = style.getPropertyValue(name).trim();
      // Monaco takes nothing but hex.
      return /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i.test(value) ? value : null;
    };
    const colors: Record<string, string> = {
      'scrollbar.shadow': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
    };
    for (const [name, token] of Object.entries(editorColors)) {
      const color = read(token);
      // What changed within a line lies over text, so a fifth of the colour has to do.
      if (color !== null) colors[name] = /edTextBackground$/.test(name) ? `${color.slice(0, 7)}33` : color;
    }
    const rules = Object.entries(tokenColors).flatMap(([token, name]) => {
      const color = read(name);
      return color === null ? [] : [{ token, foreground: color.slice(1) }];
    });
    monaco.editor.defineTheme(themeName, {
      base: isDark(colors['editor.background']) ? 'vs-dark' : 'vs',
      inherit: true,
      rules,
      colors,
    });
    monaco.editor.setTheme(themeName);
  };
  apply();
  const observer = new MutationObserver(apply);
  observer.observe(root, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
  return () => observer.disconnect();
}

function isDark(color: string | undefined): boolean {
  const value = Number.parseInt((color ?? '#ffffff').slice(1, 7), 16);
  return (value >> 16) * 0.3 + ((value >> 8) & 255) * 0.6 + (value & 255) * 0.1 < 128;
}

/** The page's code font, for Monaco, which measures its letters. */
export function codeFont(): string {
  return getComputedStyle(document.documentElement).getPropertyValue('--font-code').trim() || 'monospace';
}
