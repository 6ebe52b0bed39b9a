import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { asFault, faultOfCommand, kindOfFault } from '../../scripts/setup/fault.mjs';
import { cacheFolder as cacheFolderOfSetup } from '../../scripts/setup/folders.mjs';
import { checkNode, platformName } from '../../scripts/setup/machine.mjs';
import { wrongFile } from '../../scripts/setup/movielens.mjs';
import { findPython } from '../../scripts/setup/python.mjs';
import { checkRoom } from '../../scripts/setup/wheel.mjs';
import { cacheFolder as cacheFolderOfLibrary } from '../../lib/data/cache-folder';
import { fakeProgram, newFolder, runSetup, smallProject } from './programs';

/** What a fault says is one problem and one remedy, in at most three sentences and without a stack. */
function expectOneSentenceWithRemedy(stderr: string): void {
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stderr.trim().split('\n')[0]!.length).toBeLessThan(320);
}

describe('Node', () => {
  it.each(['20.19.0', '20.20.2', '22.23.3', '24.21.0'])('%s will do', (version) => {
    expect(() => checkNode(version)).not.toThrow();
  });
  it.each(['18.20.1', '20.18.9', '25.0.0'])('%s is refused with a remedy', (version) => {
    expect(() => checkNode(version)).toThrow(`This is Node ${version}`);
    expect(() => checkNode(version)).toThrow(/Install Node 22/);
  });
});

describe('platform', () => {
  it('is chosen by system and processor', () => {
    expect(platformName('linux', 'x64')).toBe('linux-x64');
    expect(platformName('linux', 'arm64')).toBe('linux-arm64');
    expect(platformName('darwin', 'arm64')).toBe('darwin-arm64');
  });
  it('sends Windows to WSL and names what else there is', () => {
    expect(() => platformName('win32', 'x64')).toThrow(/wsl --install/);
    expect(() => platformName('darwin', 'x64')).toThrow(/no TensorFlow library for darwin-x64/);
  });
});

describe('cache folder', () => {
  it.each([
    [{ BEHAVIOR_LAB_CACHE: '/a/b' }, '/a/b'],
    [{ XDG_CACHE_HOME: '/x' }, '/x/behavior-lab'],
  ])('is the same for set-up and for lib: %o', (env, folder) => {
    expect(cacheFolderOfSetup(env)).toBe(folder);
    expect(cacheFolderOfLibrary(env)).toBe(folder);
  });
  it('is the same for set-up and for lib when nothing is set', () => {
    expect(cacheFolderOfSetup({})).toBe(cacheFolderOfLibrary({}));
  });
});

describe('Python', () => {
  const says = (version: string, hasVenv: 0 | 1) =>
    `echo "${version.replaceAll('.', ' ')} ${hasVenv} /fake/python"`;

  it('that can make environments is taken, past one that cannot', async () => {
    const bin = newFolder();
    fakeProgram(bin, 'python3', says('3.8.18', 1));
    fakeProgram(bin, 'python3.12', says('3.12.1', 1));
    expect((await findPython({ PATH: bin })).version).toBe('3.12.1');
  });

  it('missing altogether is said before anything is downloaded', () => {
    const { status, stderr, stdout } = runSetup(smallProject(), [], { PATH: newFolder() });
    expect(status).toBe(1);
    expect(stderr).toContain('No Python was found. Install Python 3.10 to 3.14');
    expect(stdout).not.toContain('npm');
    expectOneSentenceWithRemedy(stderr);
  });

  it('without venv is told from no Python', () => {
    const bin = newFolder();
    fakeProgram(bin, 'python3', says('3.11.2', 0));
    const { status, stderr } = runSetup(smallProject(), [], { PATH: bin });
    expect(status).toBe(1);
    expect(stderr).toContain('comes without its venv module');
    expect(stderr).toContain('python3.11-venv');
    expectOneSentenceWithRemedy(stderr);
  });

  it('too old or too new is named', async () => {
    const bin = newFolder();
    fakeProgram(bin, 'python3', says('3.9.1', 1));
    await expect(findPython({ PATH: bin })).rejects.toThrow(
      /Only Python 3.9.1 was found .* Python 3.10 to 3.14/,
    );
    fakeProgram(bin, 'python3', says('3.15.0', 1));
    await expect(findPython({ PATH: bin })).rejects.toThrow(/Only Python 3.15.0 was found/);
  });
});

describe('what a failed command said', () => {
  it.each([
    ['OSError: [Errno 28] No space left on device', 'disk'],
    ['npm error code ENOSPC', 'disk'],
    ['ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.', 'checksum'],
    ['npm error code EINTEGRITY', 'checksum'],
    [
      "NewConnectionError('<...>: Failed to establish a new connection: [Errno -3] Temporary failure')",
      'network',
    ],
    ['npm error code ENOTFOUND', 'network'],
    ["fatal error: 'nothing.h' file not found", 'other'],
  ])('%s', (output, kind) => {
    expect(kindOfFault(output)).toBe(kind);
    expect(faultOfCommand('Downloading x', output, '/folder', 'Look.').kind).toBe(kind);
  });

  it('is a fault of ours, with its stack, when it is nothing the user can mend', () => {
    expect(asFault(new TypeError('x is undefined'), '/folder')).toBeNull();
    expect(asFault(Object.assign(new Error('full'), { code: 'ENOSPC' }), '/folder')?.message).toMatch(
      /is full/,
    );
    expect(asFault(Object.assign(new Error('no'), { code: 'EACCES', path: '/a' }), '/b')?.message).toMatch(
      /^\/a cannot/,
    );
  });
});

describe('the npm packages', () => {
  const withPython = (npm: string) => {
    const bin = newFolder();
    fakeProgram(bin, 'python3', 'echo "3 11 2 1 /fake/python"');
    fakeProgram(bin, 'npm', npm);
    return { PATH: bin };
  };

  it('say that the network is gone', () => {
    const env = withPython('echo "npm error code EAI_AGAIN" >&2; exit 1');
    const { status, stderr } = runSetup(smallProject(), [], env);
    expect(status).toBe(1);
    expect(stderr).toContain('the package registry cannot be reached. Check the network');
    expectOneSentenceWithRemedy(stderr);
  });

  it('say that a file is not the pinned one', () => {
    const { status, stderr } = runSetup(
      smallProject(),
      [],
      withPython('echo "npm error code EINTEGRITY"; exit 1'),
    );
    expect(status).toBe(1);
    expect(stderr).toContain('checksum mismatch');
  });

  it('say that npm is missing', () => {
    const bin = newFolder();
    fakeProgram(bin, 'python3', 'echo "3 11 2 1 /fake/python"');
    const { stderr } = runSetup(smallProject(), [], { PATH: bin });
    expect(stderr).toContain('npm was not found');
  });

  it('that were half installed are installed again; whole ones are left alone', () => {
    const project = smallProject();
    const count = path.join(project, 'count');
    const install = `echo x >> ${count}; /bin/mkdir -p node_modules`;
    const half = withPython(`${install}; exit 1`);
    expect(runSetup(project, ['--only', 'npm'], half).status).toBe(1);
    const whole = withPython(`${install}; echo '{"packages":{}}' > node_modules/.package-lock.json`);
    expect(runSetup(project, ['--only', 'npm'], whole).status).toBe(0);
    const again = runSetup(project, ['--only', 'npm'], whole);
    expect(again.stdout).toContain('nothing to do');
    expect(fs.readFileSync(count, 'utf8')).toBe('x\nx\n');

    fs.writeFileSync(path.join(project, 'package-lock.json'), '{ "changed": true }\n');
    expect(runSetup(project, ['--only', 'npm'], whole).status).toBe(0);
    expect(fs.readFileSync(count, 'utf8')).toBe('x\nx\nx\n');
  });
});

describe('options', () => {
  it.each([[['--gpus']], [['--only', 'everything']], [['--gpu', '--cpu']], [['now']]])(
    '%o are refused',
    (args) => {
      const { status, stderr } = runSetup(smallProject(), args);
      expect(status).toBe(1);
      expect(stderr).toContain('--help` lists the options');
      expectOneSentenceWithRemedy(stderr);
    },
  );
  it('--help needs nothing', () => {
    expect(runSetup(smallProject(), ['--help']).stdout).toContain('--retry');
  });
});

describe('the disk', () => {
  it('is asked for room before a download starts', () => {
    expect(() => checkRoom(newFolder(), 1)).not.toThrow();
    expect(() => checkRoom(newFolder(), 1e18)).toThrow(/left, and \d+ MB are needed. Free some space/);
  });
});

describe('data files', () => {
  it('are refused when one is absent or has one other byte', () => {
    const folder = newFolder();
    const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'; // of 'hello'
    expect(wrongFile(folder, { a: sha256 })).toBe('a');
    fs.writeFileSync(path.join(folder, 'a'), 'hello');
    expect(wrongFile(folder, { a: sha256 })).toBeNull();
    fs.writeFileSync(path.join(folder, 'a'), 'hellO');
    expect(wrongFile(folder, { a: sha256 })).toBe('a');
  });
});
