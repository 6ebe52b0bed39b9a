import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replaceFile } from '../../lib/base/replace-file';

const folder = mkdtempSync(join(tmpdir(), 'replace-file-'));

describe('replacing a file', () => {
  it.skipIf(!existsSync('/dev/full'))('on a full disk keeps the old one, and says so', () => {
    const old = join(folder, 'old');
    writeFileSync(old, 'the last good checkpoint');
    // /dev/full answers every write as a full disk does; the file beside is a link to it.
    const beside = `${old}.${process.pid}.partial`;
    execFileSync('ln', ['-s', '/dev/full', beside]);
    expect(() => replaceFile(old, [Buffer.from('new')])).toThrow(
      /disk is full; the file that stood there before is untouched\. Free some space/,
    );
    expect(readFileSync(old, 'utf8')).toBe('the last good checkpoint');
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it('in a folder that is not there names the file', () => {
    const file = join(folder, 'no', 'such', 'file');
    expect(() => replaceFile(file, [Buffer.from('x')])).toThrow(file);
  });
});
