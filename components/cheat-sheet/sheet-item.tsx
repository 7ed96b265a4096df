import type { SheetCommand, SheetOption } from '../../protocol/reference.ts';
import { FoundCode, FoundText } from '../catalogue/marked-text.tsx';
import { LessonLinks } from '../glossary/lesson-links.tsx';
import { ReferenceItem } from '../glossary/reference-item.tsx';
import { CopyButton } from '../ui/copy-button.tsx';

interface SheetItemProps {
  command: SheetCommand;
  hidden: boolean;
  /** What is looked for, and marked. */
  terms: readonly string[];
}

/** A command as an entry of the sheet. On paper its name stands above what it does. */
export function SheetItem({ command, hidden, terms }: SheetItemProps) {
  const { id, name, also, does, example, options, lessons } = command;
  const heading = `page:command-${id}`;
  return (
    <ReferenceItem
      id={id}
      heading={heading}
      hidden={hidden}
      className="pair:grid-cols-[minmax(0,15rem)_minmax(0,1fr)] print:block print:break-inside-avoid print:py-[0.8mm]"
      wordsClassName="text-control leading-relaxed print:max-w-none print:text-[7.5pt] print:leading-[1.3]"
      name={
        <>
          <h3
            id={heading}
            className="font-mono text-control leading-7 font-semibold break-words print:text-[8pt] print:leading-[1.35]"
          >
            <FoundCode code={name} terms={terms} />
          </h3>
          {also.length > 0 && (
            <p className="text-ui text-ink-faint print:hidden">
              Also{' '}
              {also.map((other, index) => (
                <span key={other}>
                  {index > 0 && ', '}
                  <code>
                    <FoundCode code={other} terms={terms} />
                  </code>
                </span>
              ))}
            </p>
          )}
        </>
      }
    >
      {does !== null && (
        <p>
          <FoundText text={does} terms={terms} />
        </p>
      )}
      {example !== null && <Example text={example} terms={terms} />}
      {options.length > 0 && <Options options={options} terms={terms} />}
      <LessonLinks lessons={lessons} words="In the lessons" className="mt-2 print:hidden" />
    </ReferenceItem>
  );
}

function Example({ text, terms }: { text: string; terms: readonly string[] }) {
  return (
    <div className="mt-2 flex items-start gap-1 rounded-md bg-sunken py-1 pr-1 pl-3 print:mt-0.5 print:bg-transparent print:p-0">
      <code className="min-w-0 flex-1 py-1 text-ui leading-5 [overflow-wrap:anywhere] print:p-0 print:text-[7pt] print:leading-[1.35] print:text-ink-soft">
        <FoundCode code={text} terms={terms} />
      </code>
      <CopyButton text={text} what={text} className="noscript:hidden print:hidden" />
    </div>
  );
}

function Options({ options, terms }: { options: readonly SheetOption[]; terms: readonly string[] }) {
  return (
    <dl className="mt-2 grid grid-cols-[minmax(0,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5 text-ui leading-relaxed print:mt-0.5 print:gap-x-2 print:gap-y-0 print:text-[7pt] print:leading-[1.35]">
      {options.map(({ names, does }) => (
        <div key={names} className="contents">
          <dt className="max-w-44">
            <code className="break-words">
              <FoundCode code={names} terms={terms} />
            </code>
          </dt>
          <dd className="text-ink-soft">
            <FoundText text={does} terms={terms} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
