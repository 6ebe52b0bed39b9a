import type { Rng } from '../../../lib/base/random';

/** Ways to damage a text file. Each takes the bytes and gives other ones. */
const damages: readonly ((bytes: Buffer, rng: Rng) => Buffer)[] = [
  // Bits flipped, which mostly makes other letters.
  (bytes, rng) => change(bytes, rng, (byte) => byte ^ (1 << rng.integer(5))),
  // Any bytes.
  (bytes, rng) => change(bytes, rng, () => rng.integer(128)),
  // Letters that matter to a reader.
  (bytes, rng) =>
    insert(bytes, rng, () =>
      pick(rng, ['"', '""', '"""', ',', ',,', '\n', '\r', '\r\n', '\0', '\n\n', ' ', '\t', '"\n', ',"']),
    ),
  (bytes, rng) => insert(bytes, rng, () => pick(rng, ['"', ',', '\n', '\r'])),
  // Lines cut.
  (bytes, rng) => overLines(bytes, rng, (line) => line.slice(0, rng.integer(line.length + 1))),
  // Delimiters doubled, or another one.
  (bytes, rng) => overLines(bytes, rng, (line) => line.replaceAll(',', pick(rng, [',,', ';', '\t', ', ']))),
  // Line ends mixed.
  (bytes, rng) =>
    Buffer.from(
      bytes.toString('latin1').replaceAll('\n', () => pick(rng, ['\n', '\r\n', '\r', '\n\r'])),
      'latin1',
    ),
  (bytes, rng) =>
    Buffer.from(bytes.toString('latin1').replaceAll('\n', pick(rng, ['\r\n', '\r', '\n\n'])), 'latin1'),
  // Blank lines, blanks.
  (bytes, rng) =>
    overLines(bytes, rng, (line) => pick(rng, ['', ' ', `${line}\n`, `\n${line}`, ` ${line} `])),
  // Byte order marks, at the start or elsewhere.
  (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
  (bytes, rng) => insert(bytes, rng, () => '\ufeff'),
  // Truncated.
  (bytes, rng) => bytes.subarray(0, rng.integer(bytes.length)),
  // A piece lost, or twice.
  (bytes, rng) => {
    const [from, to] = [rng.integer(bytes.length), rng.integer(bytes.length)];
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)]);
  },
  // Not UTF-8.
  (bytes, rng) =>
    insert(bytes, rng, () => pick(rng, ['\xff', '\xc3', '\xed\xa0\x80', '\xe9t\xe9']), 'latin1'),
  // Very long lines.
  (bytes, rng) =>
    insert(
      bytes,
      rng,
      () => pick(rng, ['x', 'x,', '"', ' ']).repeat(pick(rng, [10, 100, 1_000, 10_000, 1_100_000])),
      'utf8',
      1,
    ),
  // A good file after all: a blank at the end of each line.
  (bytes) => Buffer.from(bytes.toString('latin1').replaceAll(',\n', ', \n'), 'latin1'),
  // Nothing but noise.
  (_bytes, rng) => Buffer.from(Array.from({ length: rng.integer(400) }, () => rng.integer(256))),
  (_bytes, rng) =>
    Buffer.from(
      Array.from({ length: rng.integer(400) }, () => pick(rng, ['a', 'b', ',', '"', '\n', '\r', ' '])).join(
        '',
      ),
    ),
];

/** A damaged copy: one or two damages, drawn. */
export function malform(bytes: Buffer, rng: Rng): Buffer {
  let damaged = bytes;
  for (let times = 1 + rng.integer(2); times > 0 && damaged.length > 0; times -= 1) {
    damaged = damages[rng.integer(damages.length)]!(damaged, rng);
  }
  return damaged;
}

const pick = <T>(rng: Rng, choices: readonly T[]): T => choices[rng.integer(choices.length)]!;

function change(bytes: Buffer, rng: Rng, to: (byte: number) => number): Buffer {
  const changed = Buffer.from(bytes);
  for (let times = 1 + rng.integer(5); times > 0; times -= 1) {
    const at = rng.integer(changed.length);
    changed[at] = to(changed[at]!);
  }
  return changed;
}

function insert(
  bytes: Buffer,
  rng: Rng,
  what: () => string,
  encoding: 'utf8' | 'latin1' = 'utf8',
  most = 5,
): Buffer {
  let result = bytes;
  for (let times = 1 + rng.integer(most); times > 0; times -= 1) {
    const at = rng.integer(result.length + 1);
    result = Buffer.concat([result.subarray(0, at), Buffer.from(what(), encoding), result.subarray(at)]);
  }
  return result;
}

function overLines(bytes: Buffer, rng: Rng, to: (line: string) => string): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  return Buffer.from(lines.map((line) => (rng.integer(8) === 0 ? to(line) : line)).join('\n'), 'latin1');
}
