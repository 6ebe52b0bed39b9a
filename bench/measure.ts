import type { Program } from './program';
import type { Opened, Work } from './work';

/** One program of a side, ready to run: a side has one for each number of threads. */
export interface Runner {
  readonly side: string; // 'ours', 'pytorch'
  readonly threads: number;
  readonly program: Program;
  readonly opened: Opened;
}

/** What one program took, in the work's unit, in the order of the samples. */
export interface Measured {
  readonly side: string;
  readonly threads: number;
  readonly opened: Opened;
  readonly samples: readonly number[];
}

/**
 * Let the programs take turns, so that whatever slows the machine down slows all of them: A B A B A B. Only one works at a time.
 *
 * The first round warms up and does not count.
 *
 * @param repeats rounds that count
 */
export async function takeTurns(
  work: Work,
  runners: readonly Runner[],
  repeats: number,
  onTurn: (round: number, runner: Runner) => void = () => {},
): Promise<Measured[]> {
  const samples = runners.map((): number[] => []);
  // After another side's turn the first sample finds cold caches.
  const discarded = work.turn >= 3 ? 1 : 0;
  for (let round = 0; round <= repeats; round++) {
    for (const [index, runner] of runners.entries()) {
      onTurn(round, runner);
      const request = { do: 'run', times: work.turn + discarded } as const;
      const { samples: taken } = await runner.program.ask<{ samples: number[] }>(request);
      if (round > 0)
        samples[index]!.push(...taken.slice(discarded).map((value) => value * (work.scale ?? 1)));
    }
  }
  return runners.map(({ side, threads, opened }, index) => ({
    side,
    threads,
    opened,
    samples: samples[index]!,
  }));
}
