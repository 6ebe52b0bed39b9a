import { spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { countTests } from '../../scripts/check.mjs';
import { environmentTable, replaceBetweenMarkers } from '../../scripts/doctor/environment-table.mjs';
import { holderOf } from '../../scripts/setup/one-at-a-time.mjs';
import { writeWhole } from '../../scripts/setup/record.mjs';
import { Reporter } from '../../scripts/setup/reporter.mjs';
import { fakeProgram, newFolder, projectFolder, runSetup, smallProject } from './programs';

describe('two set-ups of one project at once', () => {
  it('do the work once: the second one says that it waits', async () => {
    const project = smallProject();
    const bin = newFolder();
    fakeProgram(
      bin,
      'npm',
      `echo x >> ${project}/count; /bin/sleep 1.5; /bin/mkdir -p node_modules; echo '{}' > node_modules/.package-lock.json`,
    );
    const start = () =>
      new Promise<string>((resolve) => {
        const child = spawn(process.execPath, [path.join(project, 'scripts', 'setup.mjs'), '--only', 'npm'], {
          env: { BEHAVIOR_LAB_CACHE: path.join(project, 'cache'), PATH: bin },
        });
        let text = '';
        child.stdout.on('data', (part: Buffer) => (text += part.toString()));
        child.on('close', (code) => resolve(`${text}status ${code}`));
      });
    const outputs = await Promise.all([start(), start()]);
    expect(outputs.every((text) => text.endsWith('status 0'))).toBe(true);
    expect(outputs.filter((text) => text.includes('waiting for it'))).toHaveLength(1);
    expect(fs.readFileSync(path.join(project, 'count'), 'utf8')).toBe('x\n');
  });

  it('are not held up by a lock whose holder is gone, or whose number went to another program', () => {
    const lock = path.join(newFolder(), 'lock');
    expect(holderOf(lock)).toBeNull();
    fs.writeFileSync(lock, '2147480000 1');
    expect(holderOf(lock)).toBeNull();
    if (process.platform !== 'linux') return;
    fs.writeFileSync(lock, `${process.pid} 1`);
    expect(holderOf(lock)).toBeNull();
  });
});

describe('the build of lib/', () => {
  function projectWithLibrary(): string {
    const project = smallProject();
    for (const file of ['tsconfig.json', 'tsconfig.build.json']) {
      fs.copyFileSync(path.join(projectFolder, file), path.join(project, file));
    }
    fs.mkdirSync(path.join(project, 'lib', 'base'), { recursive: true });
    fs.mkdirSync(path.join(project, 'node_modules', '@types'), { recursive: true });
    for (const name of ['typescript', '@types/node', 'undici-types']) {
      fs.symlinkSync(
        path.join(projectFolder, 'node_modules', name),
        path.join(project, 'node_modules', name),
      );
    }
    fs.writeFileSync(path.join(project, 'lib', 'base', 'one.ts'), 'export const one: number = 1;\n');
    return project;
  }
  const build = (project: string) => runSetup(project, ['--only', 'build']);
  const built = (project: string, file: string) => path.join(project, 'node_modules', 'behavior-lab', file);

  it('is linked as a package, left alone when nothing changed, and made anew when something did', () => {
    const project = projectWithLibrary();
    expect(build(project).stdout).toContain('1 files');
    expect(fs.readFileSync(built(project, 'base/one.js'), 'utf8')).toContain('exports.one = 1');
    expect(fs.existsSync(built(project, 'base/one.d.ts'))).toBe(true);
    expect(fs.existsSync(built(project, 'package.json'))).toBe(true);
    expect(build(project).stdout).toContain('nothing to do');

    fs.renameSync(path.join(project, 'lib/base/one.ts'), path.join(project, 'lib/base/two.ts'));
    expect(build(project).status).toBe(0);
    expect(fs.existsSync(built(project, 'base/two.js'))).toBe(true);
    expect(fs.existsSync(built(project, 'base/one.js'))).toBe(false);

    fs.rmSync(built(project, 'base/two.js'));
    expect(build(project).status).toBe(0);
    expect(fs.existsSync(built(project, 'base/two.js'))).toBe(true);
  });

  it('that fails names file and line, and the next call tries again', () => {
    const project = projectWithLibrary();
    fs.writeFileSync(path.join(project, 'lib', 'base', 'one.ts'), "export const one: number = 'one';\n");
    for (const { status, stderr } of [build(project), build(project)]) {
      expect(status).toBe(1);
      expect(stderr).toContain('lib/ does not compile. Correct what the compiler names below.');
      expect(stderr).toContain('lib/base/one.ts(1,14)');
    }
  });
});

describe('a record', () => {
  it('is the old one until the new one is whole', () => {
    const folder = newFolder();
    const file = path.join(folder, 'record.json');
    writeWhole(file, 'old');
    fs.mkdirSync(`${file}.${process.pid}.partial`);
    expect(() => writeWhole(file, 'new')).toThrow();
    expect(fs.readFileSync(file, 'utf8')).toBe('old');
  });
});

describe('the report of a step', () => {
  const collect = (isTTY: boolean) => {
    let text = '';
    const reporter = new Reporter({ isTTY, write: (part: string) => (text += part) });
    return { reporter, text: () => text };
  };

  it('is one line when the step is short', () => {
    const { reporter, text } = collect(false);
    reporter.begin('Data');
    reporter.progress('downloading', 0.5);
    reporter.end('checked');
    expect(text()).toMatch(/^ {2}Data \.\.\. checked, 0\.0 s\n$/);
  });

  it('updates its line in a terminal', () => {
    const { reporter, text } = collect(true);
    reporter.begin('Data');
    reporter.progress('downloading', 0.5);
    expect(text()).toContain('\r\u001b[2K  Data: downloading 50 %');
  });
});

describe('environment.md', () => {
  it('keeps its prose, and leaves out what is of this machine only', () => {
    const table = environmentTable([
      { topic: 'Node', value: '20 | 22' },
      { topic: 'Cache folder', value: '/home/somebody', isLocal: true },
    ]);
    expect(table).toBe('| what | here |\n|---|---|\n| Node | 20 \\| 22 |');
    const text = fs.readFileSync(path.join(projectFolder, 'environment.md'), 'utf8');
    const replaced = replaceBetweenMarkers(text, table);
    expect(replaced).toContain('## Needed');
    expect(replaceBetweenMarkers(replaced, table)).toBe(replaced);
    expect(() => replaceBetweenMarkers('no table here', table)).toThrow(/lost the markers/);
  });
});

describe('the count of tests', () => {
  const report = {
    numPassedTests: 3,
    numFailedTests: 0,
    numPendingTests: 1,
    numTodoTests: 0,
    testResults: [],
  };
  it('is that of vitest', () => {
    expect(countTests(report, true)).toEqual({ passed: 3, failed: 0, skipped: 1 });
    expect(countTests({ ...report, numFailedTests: 2 }, false)).toEqual({ passed: 3, failed: 2, skipped: 1 });
  });
  it('takes no report, a broken file and an error outside every test for failures', () => {
    expect(countTests(null, false).failed).toBe(1);
    expect(countTests(report, false).failed).toBe(1);
    const broken = { ...report, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(countTests(broken, false).failed).toBe(1);
  });
});
