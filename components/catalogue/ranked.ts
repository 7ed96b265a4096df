import { holdsTerm } from './folded-text.ts';
import { type AlsoFound, alsoOf, holdsWishes, termsOfWishes, type Wish, wishesOf } from './synonyms.ts';

/** What a page of entries is searched by. */
export interface Findable {
  id: string;
  /** Folded, each alone: what it is called. */
  names: readonly string[];
  /** Folded: all its words, those of its names as well. */
  all: string;
}

export interface Ranking {
  /** Ids of what was found, what fits best in front; those that fit alike as they stand in the list. */
  found: string[];
  /** What is to be marked. */
  terms: string[];
  also: AlsoFound[];
  /** Something is asked for. */
  narrowed: boolean;
}

/** What each word that is asked for adds, by where it stands: the less the better. */
const distance = { name: 0, nameBegins: 2, otherName: 3, text: 6, otherText: 12 } as const;

/** Searches entries as the start page searches lessons, and orders them: who types the name of a thing wants that thing. */
export function rankEntries(entries: readonly Findable[], query: string): Ranking {
  const wishes = wishesOf(query);
  const found = entries.filter(({ all }) => holdsWishes(all, wishes));
  const far = new Map(
    found.map((entry) => [entry.id, Math.min(...entry.names.map((name) => farFrom(name, entry, wishes)))]),
  );
  const ordered = found.toSorted((a, b) => (far.get(a.id) ?? 0) - (far.get(b.id) ?? 0));
  return {
    found: ordered.map(({ id }) => id),
    terms: termsOfWishes(wishes),
    also: alsoOf(
      wishes,
      found.map(({ all }) => all),
    ),
    narrowed: wishes.length > 0,
  };
}

function farFrom(name: string, { all }: Findable, wishes: readonly Wish[]): number {
  const sum = wishes.reduce((before, wish) => before + (wish.isExtra ? 0 : distanceOf(name, all, wish)), 0);
  const wanted = new Set(wishes.map(({ typed }) => typed));
  const isMore = name.split(' ').some((word) => word !== '' && word !== 'docker' && !wanted.has(word));
  return sum + (isMore ? 1 : 0);
}

function distanceOf(name: string, all: string, { typed, others }: Wish): number {
  if (holdsTerm(name, `${typed} `)) return distance.name;
  if (holdsTerm(name, typed)) return distance.nameBegins;
  if (others.some((other) => holdsTerm(name, other))) return distance.otherName;
  return holdsTerm(all, typed) ? distance.text : distance.otherText;
}
