/** A course on the map, by what it needs. */
interface Placed {
  id: string;
  after: readonly string[];
}

export interface MapNode {
  id: string;
  /** How many courses lie before it on the longest way. */
  depth: number;
  /** Its place among those of the same depth, counted from 0; half places are between two. */
  lane: number;
}

/** A way from a course to one that needs it, over a point in each depth between. */
export interface MapEdge {
  from: string;
  to: string;
  points: { depth: number; lane: number }[];
}

export interface MapLayout {
  nodes: MapNode[];
  edges: MapEdge[];
  depths: number;
  lanes: number;
}

/** A course, or the point at which a long way passes. */
interface Spot {
  key: string;
  before: Spot[];
  lane: number;
}

/**
 * Places courses in ranks by what they need, so that each stands after all of it and ways cross little: within a rank,
 * a spot stands where the mean of those before it stands. Ways over several ranks keep a free lane in each.
 * @param courses in an order in which each stands after those it needs; what is needed and not among them is left out
 */
export function layMap(courses: readonly Placed[]): MapLayout {
  const depths = new Map<string, number>();
  const needs = new Map<string, string[]>();
  for (const { id, after } of courses) {
    const direct = after.filter((need) => depths.has(need));
    // A way that another one covers says nothing new.
    needs.set(
      id,
      direct.filter((need) => !direct.some((other) => other !== need && leadsTo(other, need, needs))),
    );
    depths.set(id, Math.max(-1, ...direct.map((need) => depths.get(need) ?? 0)) + 1);
  }
  const ranks: Spot[][] = [];
  const spots = new Map<string, Spot>();
  const ways: { from: string; to: string; spots: Spot[] }[] = [];
  const put = (depth: number, spot: Spot): Spot => {
    const rank = ranks[depth] ?? [];
    rank.push(spot);
    ranks[depth] = rank;
    return spot;
  };
  for (const { id } of courses) {
    const depth = depths.get(id) ?? 0;
    const own: Spot = { key: id, before: [], lane: 0 };
    for (const need of needs.get(id) ?? []) {
      const start = spots.get(need);
      if (start === undefined) continue;
      const way = [start];
      for (let at = (depths.get(need) ?? 0) + 1; at < depth; at++) {
        way.push(put(at, { key: `${need} ${id}`, before: way.slice(-1), lane: 0 }));
      }
      own.before.push(...way.slice(-1));
      ways.push({ from: need, to: id, spots: [...way, own] });
    }
    spots.set(id, put(depth, own));
  }
  const lanes = Math.max(1, ...ranks.map((rank) => rank.length));
  for (const rank of ranks) {
    const order = rank.map((spot, index) => ({ spot, index, mean: meanLane(spot) }));
    order.sort((a, b) => a.mean - b.mean || a.index - b.index);
    for (const [index, { spot }] of order.entries()) spot.lane = index + (lanes - rank.length) / 2;
  }
  const depthOf = (spot: Spot) => ranks.findIndex((rank) => rank.includes(spot));
  return {
    nodes: courses.map(({ id }) => ({ id, depth: depths.get(id) ?? 0, lane: spots.get(id)?.lane ?? 0 })),
    edges: ways.map((way) => ({
      from: way.from,
      to: way.to,
      points: way.spots.map((spot) => ({ depth: depthOf(spot), lane: spot.lane })),
    })),
    depths: ranks.length,
    lanes,
  };
}

function meanLane({ before }: Spot): number {
  return before.length === 0 ? 0 : before.reduce((sum, spot) => sum + spot.lane, 0) / before.length;
}

/** Whether a course needs another one, over any number of steps. */
function leadsTo(
  from: string,
  to: string,
  needs: ReadonlyMap<string, readonly string[]>,
  seen = new Set<string>(),
): boolean {
  return (needs.get(from) ?? []).some((need) => {
    if (need === to) return true;
    // Each once: there may be more ways than anybody can count.
    if (seen.has(need)) return false;
    seen.add(need);
    return leadsTo(need, to, needs, seen);
  });
}

/** An SVG path through the middles of cells of size 1, going along (`across`: ranks from left to right) or down. */
export function pathOf({ points }: MapEdge, across: boolean): string {
  const place = ({ depth, lane }: MapEdge['points'][number]) => ({ along: depth + 0.5, aside: lane + 0.5 });
  const write = (along: number, aside: number) => (across ? `${along} ${aside}` : `${aside} ${along}`);
  const [first, ...rest] = points.map(place);
  if (first === undefined) return '';
  let path = `M${write(first.along, first.aside)}`;
  let last = first;
  for (const point of rest) {
    const middle = (last.along + point.along) / 2;
    path += ` C${write(middle, last.aside)} ${write(middle, point.aside)} ${write(point.along, point.aside)}`;
    last = point;
  }
  return path;
}
