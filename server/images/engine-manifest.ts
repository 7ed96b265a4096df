import { type BundleContents, bundleParts } from './bundle-contents.ts';
import { blobPath, type Manifest } from './oci-layout.ts';

/**
 * The list of images that `docker load` of any engine reads: of the lab's own three, for all others belong into the
 * registry. Paths lead to the same blobs as the index; engines unpack layers that are compressed.
 */
export function engineManifest(contents: BundleContents, images: ReadonlyMap<string, { manifest: Manifest }>): string {
  return JSON.stringify(
    bundleParts.flatMap((part) => {
      const { reference } = contents.lab[part];
      const image = images.get(reference);
      if (image === undefined) return [];
      return [
        {
          Config: blobPath(image.manifest.config.digest),
          RepoTags: [reference],
          Layers: image.manifest.layers.map(({ digest }) => blobPath(digest)),
        },
      ];
    }),
  );
}
