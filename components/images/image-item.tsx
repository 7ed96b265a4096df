import Link from 'next/link';
import type { ImageView } from '../../protocol/images.ts';
import { CopyButton } from '../ui/copy-button.tsx';
import { InlineCode } from '../ui/inline-code.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { ImageStatusLine } from './image-status.tsx';
import { listWords, nameOf, shortDigest, sizeWords, sourceWords, typedName } from './image-words.ts';
import { inWords } from './time-left.ts';

const linkClass = 'underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current';
/** Lessons that are named at once; the others are a press away. */
const namedLessons = 4;

interface ImageItemProps {
  image: ImageView;
  /** By the id of a lesson; of those that are not in it nothing is said. */
  titles: ReadonlyMap<string, string>;
  /** The server's time. */
  now: number;
}

/** An image as an entry of the list: its names and state on one side, what it is on the other. */
export function ImageItem({ image, titles, now }: ImageItemProps) {
  const name = nameOf(image);
  const others = image.names.slice(1).map(typedName);
  return (
    <li
      id={image.id}
      data-image={image.id}
      data-state={image.status.state}
      aria-labelledby={`name-${image.id}`}
      className="grid scroll-mt-4 gap-x-16 gap-y-3 border-t border-line py-7 pair:grid-cols-[minmax(0,17rem)_minmax(0,1fr)]"
    >
      <div className="min-w-0">
        <div className="flex items-start gap-1">
          <h3 id={`name-${image.id}`} className="min-w-0 font-mono text-body leading-7 font-semibold break-words">
            {name}
          </h3>
          {image.status.state !== 'unavailable' && (
            <Tooltip words={`Copy docker pull ${name}`}>
              <span>
                <CopyButton text={`docker pull ${name}`} what={`docker pull ${name}`} className="noscript:hidden" />
              </span>
            </Tooltip>
          )}
        </div>
        {others.length > 0 && (
          <p className="text-ui leading-relaxed text-ink-faint">
            <span className="sr-only">Also called: </span>
            {others.map((other, index) => (
              <span key={other}>
                {index > 0 && ', '}
                <code className="break-words">{other}</code>
              </span>
            ))}
          </p>
        )}
        <div className="mt-2">
          <ImageStatusLine image={image} now={now} />
        </div>
      </div>
      <div className="min-w-0 max-w-[68ch] text-control leading-relaxed">
        <p className="break-words">
          <InlineCode text={image.description} />
        </p>
        {image.shelf !== undefined && (
          <p className="mt-1.5 text-ui leading-relaxed break-words text-ink-soft">
            Installs without internet: {listWords(image.shelf)}, and what they need.
          </p>
        )}
        <StatusWords image={image} now={now} />
        <Source image={image} />
        <UsedIn lessons={image.lessons} titles={titles} />
        <Digests image={image} />
      </div>
    </li>
  );
}

/** What there is to say of a state in more than a line. */
function StatusWords({ image, now }: { image: ImageView; now: number }) {
  const { status, hubOnly } = image;
  switch (status.state) {
    case 'ready':
      return status.note === undefined ? null : (
        <p className="mt-1.5 text-ui text-ink-faint break-words">
          <InlineCode text={status.note} />
        </p>
      );
    case 'waiting':
      return null;
    case 'making':
      return status.detail === '' ? null : (
        <p className="mt-1.5 truncate font-mono text-caption leading-5 text-ink-faint" title={status.detail}>
          {status.detail}
        </p>
      );
    case 'failed':
      return (
        <div className="mt-2 border-l-2 border-failed pl-4 break-words">
          <p>
            <InlineCode text={status.message} />
          </p>
          <p className="text-ink-soft">
            {status.retryAt === null
              ? 'It is not tried again by itself.'
              : `It is tried again ${inWords(status.retryAt - now)}.`}
          </p>
        </div>
      );
    case 'unavailable':
      return (
        <p className="mt-2 border-l-2 border-warning pl-4 break-words">
          <InlineCode text={status.message} />
        </p>
      );
    case 'absent':
      return (
        <p className="mt-1.5 text-ui text-ink-faint">
          <InlineCode
            text={
              hubOnly
                ? `It comes from Docker Hub alone. Whoever runs this lab can try: \`npm run images -- pull ${nameOf(image)}\`.`
                : `Whoever runs this lab can have it made: \`npm run images -- build ${nameOf(image)}\`.`
            }
          />
        </p>
      );
  }
}

function Source({ image }: { image: ImageView }) {
  const words = sourceWords(image);
  if (words === null && image.size === null) return null;
  return (
    <p className="mt-1.5 text-ui leading-relaxed break-words text-ink-soft">
      {words}
      {image.size !== null && <span className="block text-ink-faint tabular-nums">{sizeWords(image.size)}</span>}
    </p>
  );
}

function UsedIn({ lessons, titles }: { lessons: readonly string[]; titles: ReadonlyMap<string, string> }) {
  const known = lessons.flatMap((id) => {
    const title = titles.get(id);
    return title === undefined ? [] : [{ id, title }];
  });
  if (known.length === 0) return null;
  // A single one more is named as well: the words for it would be as long.
  const named = known.length === namedLessons + 1 ? known : known.slice(0, namedLessons);
  const rest = known.slice(named.length);
  return (
    <div className="mt-1.5 text-ui leading-relaxed text-ink-faint">
      <p className="break-words">
        Used in <Lessons lessons={named} />
        {rest.length === 0 && '.'}
      </p>
      {rest.length > 0 && (
        <details>
          <summary className="w-fit hover:text-ink">and in {rest.length} more lessons</summary>
          <p className="break-words">
            <Lessons lessons={rest} />.
          </p>
        </details>
      )}
    </div>
  );
}

function Lessons({ lessons }: { lessons: readonly { id: string; title: string }[] }) {
  return lessons.map(({ id, title }, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <Link href={`/learn/${id}`} className={`text-ink-soft ${linkClass}`}>
        <InlineCode text={title} />
      </Link>
    </span>
  ));
}

/** Short, and whole on demand: people compare them with what `docker pull` prints. */
function Digests({ image: { id, digest, hubDigest } }: { image: ImageView }) {
  if (digest === null) return null;
  return (
    <details className="mt-1.5 text-ui text-ink-faint">
      <summary className="w-fit hover:text-ink">
        Digest <code>{shortDigest(digest)}</code>
      </summary>
      <dl className="mt-1 space-y-2 border-l-2 border-line pl-4">
        <Digest words="As docker pull prints it here" digest={digest} what={`the digest of ${id}`} />
        {hubDigest !== null && (
          <Digest
            words="Of Docker Hub, when it was first pulled"
            digest={hubDigest}
            what={`Docker Hub’s digest of ${id}`}
          />
        )}
      </dl>
    </details>
  );
}

function Digest({ words, digest, what }: { words: string; digest: string; what: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd className="flex items-start gap-1">
        <code className="min-w-0 text-caption leading-7 [overflow-wrap:anywhere] text-ink-soft">{digest}</code>
        <CopyButton text={digest} what={what} className="noscript:hidden" />
      </dd>
    </div>
  );
}
