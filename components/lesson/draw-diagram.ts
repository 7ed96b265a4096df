import type { MermaidConfig } from 'mermaid';
import { diagramColors } from './diagram-colors.ts';
import { diagramName } from './diagram-name.ts';

/** What is longer is not a diagram anybody reads, and drawing it would hold up the page; characters. */
const longestSource = 10_000;
const mostEdges = 200;

/** Smallest scale at which a wide diagram is still read; below it, it scrolls. */
const smallestScale = 0.75;

let drawn = 0;

/**
 * Draws a diagram out of sight, in the colours that the page has now.
 *
 * @throws Error when the source is no diagram, is too large, or the drawing code cannot be fetched
 */
export async function drawDiagram(source: string): Promise<SVGSVGElement> {
  if (source.length > longestSource) {
    throw new Error(`It is longer than ${longestSource} characters, the most that is drawn.`);
  }
  const { default: mermaid } = await import('mermaid');
  // A place of its own: letters are measured even while the lesson is behind another pane.
  const host = document.createElement('div');
  host.className = 'diagram on-paper';
  host.inert = true;
  host.style.cssText = 'position:absolute;left:-10000px;top:0;width:1000px;visibility:hidden';
  document.body.append(host);
  try {
    mermaid.initialize(configAt(host));
    drawn += 1;
    const { svg } = await mermaid.render(`diagram-${drawn}`, withoutTags(source), host);
    host.innerHTML = svg;
    const element = host.querySelector('svg');
    if (element === null) throw new Error('Nothing was drawn.');
    setWidth(element);
    setName(element, source);
    // Mermaid lets lines shine through the words on them.
    for (const ground of element.querySelectorAll<SVGElement>('.edgeLabel rect')) ground.style.opacity = '1';
    return element;
  } finally {
    host.remove();
  }
}

/**
 * Tags as the text they are, save for line breaks. Mermaid sanitises what it draws, but parses labels as HTML on its way
 * there, which would fetch the picture of an `<img>`. `<<interface>>` and arrows such as `<|--` are not tags.
 */
export function withoutTags(source: string): string {
  return source.replace(/<<[\w -]+>>|<(?!br\s*\/?>)(?=[a-z/!?])/gi, (found) => (found === '<' ? '#lt;' : found));
}

/** As wide as it was drawn where there is room, smaller down to a limit where there is not. */
function setWidth(svg: SVGSVGElement): void {
  const { width, height } = svg.viewBox.baseVal;
  svg.removeAttribute('height');
  svg.removeAttribute('width');
  svg.style.cssText = `display:block;margin:0 auto;width:100%;max-width:${width}px;min-width:${Math.round(width * smallestScale)}px;aspect-ratio:${width}/${height}`;
}

function setName(svg: SVGSVGElement, source: string): void {
  const { title, description } = diagramName(source);
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-roledescription'])
    svg.removeAttribute(attribute);
  for (const element of svg.querySelectorAll(':scope > title, :scope > desc')) element.remove();
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', description === null ? title : `${title}. ${description}`);
}

function configAt(element: HTMLElement): MermaidConfig {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const fontFamily = token('--font-interface');
  return {
    startOnLoad: false,
    // The text of a lesson is not trusted: no HTML, no links that run, no styles of its own.
    securityLevel: 'strict',
    secure: [
      'secure',
      'securityLevel',
      'startOnLoad',
      'maxTextSize',
      'maxEdges',
      'suppressErrorRendering',
      'htmlLabels',
      'theme',
      'themeVariables',
      'themeCSS',
      'darkMode',
      'fontFamily',
      'altFontFamily',
      'dompurifyConfig',
    ],
    suppressErrorRendering: true,
    maxTextSize: longestSource,
    maxEdges: mostEdges,
    htmlLabels: false,
    deterministicIds: true,
    logLevel: 'fatal',
    sequence: {
      diagramMarginX: 8,
      diagramMarginY: 8,
      actorMargin: 36,
      width: 120,
      height: 44,
      mirrorActors: false,
      actorFontSize: 13,
      noteFontSize: 13,
      messageFontSize: 13,
    },
    theme: 'base',
    fontFamily,
    fontSize: 14,
    themeVariables: diagramColors(token, style.colorScheme.includes('dark')),
  };
}
