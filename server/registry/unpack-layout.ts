import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { extract, type Header, type Pack, pack } from 'tar-stream';
import * as z from 'zod';
import { DrydockError } from '../errors.ts';
import { type ImageManifest, manifestType, parseJson, readManifest } from './oci-manifest.ts';
import { writeEntry } from './tar-entry.ts';

/** What a layout says of one image in it. */
export interface UnpackedImage {
  name: string;
  digest: string;
  manifest: ImageManifest;
}

const indexSchema = z.object({
  manifests: z.array(
    z.object({
      mediaType: z.string(),
      digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
      annotations: z.record(z.string(), z.string()).default({}),
    }),
  ),
});

/** Bytes: of a manifest, and of an index. Longer ones are not read. */
const jsonLimit = 4 * 2 ** 20;

/**
 * Reads a tar of an OCI image layout to its end. Its blobs go on as a tar of plain files named by their digest, every
 * one compared with that digest.
 */
export class LayoutReader {
  /** The blobs; errors with bundle.invalid or bundle.damaged where the layout is wrong. */
  readonly blobs: Readable;
  readonly #sizes = new Map<string, number>();
  /** What may be a manifest. */
  readonly #small = new Map<string, Buffer>();
  #index: z.infer<typeof indexSchema> | null = null;
  #hasVersion = false;

  constructor(layout: Readable) {
    const output = pack();
    this.#read(layout, output).then(
      () => output.finalize(),
      (error: unknown) => {
        output.destroy(error instanceof Error ? error : new Error(String(error)));
        layout.destroy();
      },
    );
    output.on('error', () => undefined); // comes to the reader below
    this.blobs = Readable.from(output as AsyncIterable<Buffer>, { objectMode: false, highWaterMark: 64 * 1024 });
  }

  /**
   * The images of these names, when all blobs were read. @throws bundle.invalid: it is no layout, or has no such
   * image; bundle.damaged: parts of one are missing
   */
  images(names: readonly string[]): UnpackedImage[] {
    if (!this.#hasVersion || this.#index === null) throw invalid('It is no OCI image layout.');
    const entries = this.#index.manifests;
    return names.map((name) => {
      const entry = entries.find((each) => each.annotations['org.opencontainers.image.ref.name'] === name);
      if (entry === undefined) throw invalid(`It has no image ${name}.`);
      if (entry.mediaType !== manifestType) throw invalid(`Its image ${name} is of another kind (${entry.mediaType}).`);
      const bytes = this.#small.get(entry.digest);
      if (bytes === undefined) throw damaged(`The manifest of ${name} is missing.`);
      const manifest = readManifest(bytes);
      if (manifest === null) throw invalid(`The manifest of ${name} cannot be read.`);
      for (const part of [manifest.config, ...manifest.layers]) {
        const size = this.#sizes.get(part.digest);
        if (size === undefined) throw damaged(`A part of ${name} is missing (${part.digest}).`);
        if (size !== part.size) throw damaged(`A part of ${name} has ${size} bytes instead of ${part.size}.`);
      }
      return { name, digest: entry.digest, manifest };
    });
  }

  async #read(layout: Readable, output: Pack): Promise<void> {
    const parser = extract();
    // tar-stream takes a tar that ends in the middle for one that ends there.
    let whole = false;
    layout.on('end', () => {
      whole = true;
    });
    layout.on('error', (error: Error) => parser.destroy(error));
    layout.on('close', () => {
      if (!whole) parser.destroy(new Error('it broke off'));
    });
    layout.pipe(parser as unknown as NodeJS.WritableStream);
    try {
      for await (const entry of parser) await this.#take(entry.header, entry as AsyncIterable<Buffer>, output);
    } catch (error) {
      if (error instanceof DrydockError) throw error;
      throw damaged('It is no tar archive, or it broke off.', error);
    }
  }

  async #take(header: Header, content: AsyncIterable<Buffer>, output: Pack): Promise<void> {
    const name = header.name.replace(/^\.\//, '');
    const hex = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
    if (header.type === 'file' && hex !== undefined) {
      await this.#takeBlob(hex, header.size, content, output);
      return;
    }
    const bytes = await gather(content);
    if (header.type !== 'file') return;
    if (name === 'oci-layout') this.#hasVersion = isLayoutVersion(bytes);
    if (name === 'index.json') this.#index = indexSchema.safeParse(parseJson(bytes)).data ?? null;
  }

  async #takeBlob(hex: string, size: number, content: AsyncIterable<Buffer>, output: Pack): Promise<void> {
    const hash = createHash('sha256');
    const small: Buffer[] = [];
    await writeEntry(
      output,
      hex,
      size,
      seen(content, (chunk) => {
        hash.update(chunk);
        if (size <= jsonLimit) small.push(chunk);
      }),
    );
    if (hash.digest('hex') !== hex) throw damaged(`A part of it is not what its digest says (sha256:${hex}).`);
    this.#sizes.set(`sha256:${hex}`, size);
    const first = Buffer.concat(small);
    // Layers are compressed, and do not begin so.
    if (first[0] === 0x7b) this.#small.set(`sha256:${hex}`, first);
  }
}

async function* seen(content: AsyncIterable<Buffer>, see: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    see(chunk);
    yield chunk;
  }
}

/** What is longer than anything that is read from JSON comes back cut. */
async function gather(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content) {
    if (bytes < jsonLimit) parts.push(chunk);
    bytes += chunk.length;
  }
  return Buffer.concat(parts);
}

function isLayoutVersion(bytes: Buffer): boolean {
  return z.object({ imageLayoutVersion: z.string().startsWith('1.') }).safeParse(parseJson(bytes)).success;
}

function invalid(why: string): DrydockError {
  return new DrydockError(
    'bundle.invalid',
    `This file cannot be loaded. ${why} Make it anew with \`npm run images -- bundle\`.`,
  );
}

function damaged(why: string, cause?: unknown): DrydockError {
  return new DrydockError(
    'bundle.damaged',
    `This file is damaged, so nothing of it is served. ${why} Copy it once more from where it was made.`,
    { cause },
  );
}
