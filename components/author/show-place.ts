/** How long a place that was looked for stands out; milliseconds. */
const standsOutFor = 1_200;

/** Brings a block or step of the lesson into view and lets it stand out for a moment. False: it is not on the page. */
export function showPlace(column: HTMLElement | null, id: string): boolean {
  const name = CSS.escape(id);
  const place = column?.querySelector<HTMLElement>(`[data-block="${name}"], [data-step="${name}"]`) ?? null;
  if (place === null) return false;
  for (
    let around = place.closest('details');
    around !== null;
    around = around.parentElement?.closest('details') ?? null
  )
    around.open = true;
  const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  const isStep = place.dataset.step === id;
  place.scrollIntoView({ block: isStep ? 'start' : 'center', behavior: isStill ? 'instant' : 'smooth' });
  const line = '2px solid var(--accent-line)';
  place.animate(
    [
      { outline: line, outlineOffset: '6px' },
      { outline: line, outlineOffset: '6px', offset: 0.8 },
      { outline: '2px solid transparent', outlineOffset: '6px' },
    ],
    standsOutFor,
  );
  return true;
}
