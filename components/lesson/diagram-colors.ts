/** Tokens in a row, for the branches of a mind map or the slices of a pie. */
const series = ['accent', 'building', 'cached', 'running', 'warning', 'failed', 'exited'] as const;

/**
 * Mermaid's names for colours, from the page's tokens. `token`: the value of one, as hex, which is all that mermaid
 * computes with.
 */
export function diagramColors(token: (name: string) => string, dark: boolean): Record<string, string | boolean> {
  const ink = token('--ink');
  const line = token('--ink-faint');
  const surface = token('--surface');
  const sunken = token('--sunken');
  const edge = token('--line-strong');
  const fill = token('--accent-soft');
  const border = token('--accent-line');
  return {
    darkMode: dark,
    fontFamily: token('--font-interface'),
    fontSize: '14px',
    background: surface,
    textColor: ink,
    titleColor: ink,
    lineColor: line,
    primaryColor: fill,
    primaryTextColor: ink,
    primaryBorderColor: border,
    secondaryColor: token('--building-soft'),
    secondaryTextColor: ink,
    secondaryBorderColor: token('--building'),
    tertiaryColor: sunken,
    tertiaryTextColor: ink,
    tertiaryBorderColor: edge,
    mainBkg: fill,
    nodeBorder: border,
    nodeTextColor: ink,
    clusterBkg: sunken,
    clusterBorder: edge,
    edgeLabelBackground: surface,
    labelBackgroundColor: surface,
    defaultLinkColor: line,
    actorBkg: fill,
    actorBorder: border,
    actorTextColor: ink,
    actorLineColor: edge,
    signalColor: line,
    signalTextColor: ink,
    labelBoxBkgColor: sunken,
    labelBoxBorderColor: edge,
    labelTextColor: ink,
    loopTextColor: ink,
    activationBkgColor: sunken,
    activationBorderColor: edge,
    sequenceNumberColor: surface,
    noteBkgColor: token('--warning-soft'),
    noteBorderColor: token('--warning'),
    noteTextColor: ink,
    transitionColor: line,
    transitionLabelColor: ink,
    stateLabelColor: ink,
    stateBkg: fill,
    compositeBackground: surface,
    compositeTitleBackground: sunken,
    altBackground: sunken,
    specialStateColor: line,
    pieStrokeColor: edge,
    pieOuterStrokeColor: edge,
    pieStrokeWidth: '1px',
    pieOuterStrokeWidth: '1px',
    pieOpacity: '1',
    pieTitleTextSize: '16px',
    pieSectionTextSize: '13px',
    pieLegendTextSize: '13px',
    pieTitleTextColor: ink,
    pieSectionTextColor: ink,
    pieLegendTextColor: ink,
    commitLabelColor: ink,
    commitLabelBackground: sunken,
    tagLabelColor: ink,
    tagLabelBackground: fill,
    tagLabelBorder: border,
    errorBkgColor: token('--failed-soft'),
    errorTextColor: token('--failed'),
    ...Object.fromEntries(
      Array.from({ length: 12 }, (_, at) => {
        const name = series[at % series.length] ?? 'accent';
        const [strong, soft] = [token(`--${name}`), token(`--${name}-soft`)];
        return [
          [`cScale${at}`, soft],
          [`cScaleLabel${at}`, ink],
          [`cScaleInv${at}`, strong],
          [`cScalePeer${at}`, strong],
          [`pie${at + 1}`, soft],
          [`git${at}`, strong],
          [`gitInv${at}`, surface],
          [`gitBranchLabel${at}`, surface],
        ] as const;
      }).flat(),
    ),
  };
}
