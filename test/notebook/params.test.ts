import { afterEach, describe, expect, expectTypeOf, it, vi } from 'vitest';
import { params } from '../../lib/notebook/params';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function printed(run: () => unknown): string {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  run();
  return log.mock.calls.flat().join('\n');
}

describe('params', () => {
  it('gives and prints the full values', () => {
    vi.stubEnv('SMOKE', '');
    expect(
      printed(() => expect(params({ epochs: 20, seed: 7 }, { epochs: 1 })).toEqual({ epochs: 20, seed: 7 })),
    ).toBe('epochs = 20\nseed = 7');
  });

  it('shrinks with SMOKE=1 and says so', () => {
    vi.stubEnv('SMOKE', '1');
    expect(
      printed(() => expect(params({ epochs: 20, seed: 7 }, { epochs: 1 })).toEqual({ epochs: 1, seed: 7 })),
    ).toBe('SMOKE: small numbers, results mean nothing.\nepochs = 1 (instead of 20)\nseed = 7');
  });

  it('refuses an unknown name, in the types and at run time', () => {
    // @ts-expect-error 'epoch' is not a parameter
    expect(() => params({ epochs: 20 }, { epoch: 1 })).toThrow(
      "'epoch' is not a parameter. There are: epochs.",
    );
  });

  it('gives numbers, not the literal 20, and no way to change them', () => {
    vi.spyOn(console, 'log').mockImplementation(() => {});
    const P = params<{ epochs: number; pooling: 'last' | 'mean' }>({ epochs: 20, pooling: 'last' });
    expectTypeOf(P.epochs).toEqualTypeOf<number>();
    expectTypeOf(P.pooling).toEqualTypeOf<'last' | 'mean'>();
    expect(() => Object.assign(P, { epochs: 1 })).toThrow(TypeError);
  });
});
