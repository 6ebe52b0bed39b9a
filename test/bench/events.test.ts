import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobResult } from '../../bench/ours/events';
import { checksum } from '../../bench/ours/events-digest.mjs';
import { makeEvents } from '../../bench/ours/make-events.mjs';
import { peerEnvironment } from '../../bench/peer-environment.mjs';

const root = join(__dirname, '..', '..', 'bench');
const peer = peerEnvironment();
let file = '';
beforeAll(async () => {
  file = await makeEvents(20_000, { cache: mkdtempSync(join(tmpdir(), 'bench-events-')), threads: 2 });
});

const ours = (...args: string[]): JobResult =>
  JSON.parse(
    execFileSync(process.execPath, [join(root, 'ours', 'events-job.mjs'), file, ...args], {
      encoding: 'utf8',
    }),
  ) as JobResult;

describe('the preprocessing job', () => {
  it('makes of the same events what it always made, and measures itself', () => {
    const { cpu, memory, bytesPerEvent, digest } = ours();
    // Of the first run. Events are made by whole-number arithmetic: they are the same on every machine.
    expect(digest).toMatchObject({
      rowsIn: 20_000,
      'impossible time': 12,
      'exact duplicate': 365,
      'repeated view': 3_605,
      'item with fewer than 5 events': 24,
      'user with fewer than 5 events': 51,
      rowsOut: 15_943,
      usersOut: 330,
      itemsOut: 81,
      sessions: 2_445,
      items: 1_760_637_790,
      times: 194_419_211,
      hour: 1_477_661_663,
    });
    expect(cpu).toBeGreaterThan(0.01);
    expect(memory).toBeGreaterThan(20);
    expect(bytesPerEvent).toBeGreaterThan(17);
    expect(bytesPerEvent).toBeLessThan(40);
  });

  it('makes the same with one thread, and when the database cleans', () => {
    const { digest } = ours();
    expect(ours('--threads', '1').digest).toEqual(digest);
    expect(ours('--cleaning', 'table').digest).toEqual(digest);
  });

  const ways = ['columns', 'packed', 'ordered'].flatMap((keys) =>
    ['in-memory', 'streaming'].map((engine) => [keys, engine] as const),
  );
  it.skipIf(!peer.isReady).each(ways)('is the same in polars, keys %s, engine %s', (keys, engine) => {
    const program = join(root, 'peers', 'events_job.py');
    const said = execFileSync(peer.python, [program, file, keys, engine], { encoding: 'utf8' });
    const { digest } = JSON.parse(said) as JobResult;
    const expected = ours().digest;
    expect(Object.keys(digest)).toEqual(Object.keys(expected));
    expect({ ...digest, gap: 0 }).toEqual({ ...expected, gap: 0 });
    expect(digest['gap']).toBeCloseTo(expected['gap']!, 3);
  });
});

describe('the checksum', () => {
  it('changes with every value and with the order', () => {
    expect(checksum([1, 2, 3])).toBe(1 + 4 + 9);
    expect(checksum([2, 1, 3])).not.toBe(checksum([1, 2, 3]));
    expect(checksum(Float64Array.of(2 ** 37))).toBe(2 ** 37 % (2 ** 31 - 1));
  });
});
