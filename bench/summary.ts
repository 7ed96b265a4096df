/** A set of measurements in few numbers. All but `n` in the benchmark's unit, rounded to four digits. */
export interface Summary {
  p50: number;
  p95: number;
  min: number;
  max: number;
  n: number;
}

/** @throws RangeError when nothing was measured */
export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    p50: rounded(quantile(sorted, 0.5)),
    p95: rounded(quantile(sorted, 0.95)),
    min: rounded(quantile(sorted, 0)),
    max: rounded(quantile(sorted, 1)),
    n: sorted.length,
  };
}

/** Linear between the two neighbours, so that the median of few rounds is not one of them by chance. */
function quantile(sorted: readonly number[], q: number): number {
  const at = (sorted.length - 1) * q;
  const below = sorted[Math.floor(at)];
  const above = sorted[Math.ceil(at)];
  if (below === undefined || above === undefined) throw new RangeError('nothing was measured');
  return below + (above - below) * (at - Math.floor(at));
}

/** Four significant digits: what lies beyond is noise. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
