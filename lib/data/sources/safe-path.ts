/**
 * Why a name within an archive must not be unpacked; `null` when it may.
 *
 * A name is a path below the folder it is unpacked to, and nothing else: not absolute, no drive, no `..`, no backslash
 * (a separator on some systems), no control character.
 *
 * @source "Zip Slip", Snyk 2018: names like `../../evil` overwrite files outside the folder.
 */
export function unsafePath(name: string): string | null {
  if (name === '') return 'has no name';
  if (/^[/\\]/.test(name) || /^[A-Za-z]:/.test(name)) return 'has an absolute path';
  if (name.includes('\\')) return 'has a backslash in its name';
  // eslint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\x00-\x1f\x7f]/.test(name)) return 'has a control character in its name';
  const parts = name.replace(/\/$/, '').split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'leads out of its folder';
  return null;
}
