import type { GlossaryEntry, Meaning } from '../../protocol/reference.ts';
import { FoundText } from '../catalogue/marked-text.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { LessonLinks } from './lesson-links.tsx';
import { ReferenceItem } from './reference-item.tsx';

const linkClass =
  'text-ink-soft underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current';

interface GlossaryItemProps {
  entry: GlossaryEntry;
  hidden: boolean;
  /** What is looked for; marked in its title. */
  terms: readonly string[];
}

/** A term as an entry of the list. */
export function GlossaryItem({ entry: { id, title, meanings }, hidden, terms }: GlossaryItemProps) {
  const heading = `page:term-${id}`;
  return (
    <ReferenceItem
      id={id}
      heading={heading}
      hidden={hidden}
      className="pair:grid-cols-[minmax(0,13rem)_minmax(0,1fr)]"
      wordsClassName="space-y-5"
      name={
        <h3 id={heading} className="text-body leading-7 font-semibold break-words">
          <a href={`#${id}`} className="underline-offset-4 hover:text-accent hover:underline">
            <FoundText text={title} terms={terms} />
          </a>
        </h3>
      }
    >
      {meanings.map((meaning, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one for each glossary, in their order
        <Explanation key={index} meaning={meaning} />
      ))}
    </ReferenceItem>
  );
}

function Explanation({ meaning: { of, html, seeAlso, lessons } }: { meaning: Meaning }) {
  return (
    <div>
      {of !== null && (
        <p className="mb-1 text-ui text-ink-faint">{of.length === 0 ? 'In other lessons' : `In ${of.join(', ')}`}</p>
      )}
      {/* biome-ignore lint/security/noDangerouslySetInnerHtml: made and sanitised by the server (protocol/reference.ts) */}
      <div className="prose prose-small" dangerouslySetInnerHTML={{ __html: html }} />
      {seeAlso.length > 0 && (
        <p className="mt-2 text-ui leading-relaxed text-ink-faint">
          See also{' '}
          {seeAlso.map(({ id, title }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <a href={`#${id}`} className={linkClass}>
                <InlineCode text={title} />
              </a>
            </span>
          ))}
        </p>
      )}
      <LessonLinks lessons={lessons} words="In the lessons" className="mt-1" />
    </div>
  );
}
