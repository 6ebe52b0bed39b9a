import {
  makeTourModel,
  readTourModel,
  tourArithmetic,
  type TourData,
  type TourModel,
  type TourSettings,
} from '../experiments/tour';
import { needResult } from './need';
import { progressCell } from './progress-cell';
import { stopSignal } from './stop-signal';

/**
 * The encoder of notebook 02: read if it was trained with these settings on these data and with as many threads, trained
 * now otherwise.
 *
 * While it trains, one line under the cell says how far it is; an interrupt stops it after the step at hand.
 */
export async function needTourModel(data: TourData, settings: TourSettings): Promise<TourModel> {
  const { width, length, epochs, seed } = settings;
  const arithmetic = await tourArithmetic();
  return needResult('02-encoder', {
    inputs: { width, length, epochs, seed, data: data.log.source.sha256, ...arithmetic },
    make: async (folder) => {
      const progress = progressCell();
      const { history, bestEpoch, bestValidation } = await makeTourModel(folder, data, settings, {
        onProgress: (line) => progress.update(line),
        signal: stopSignal(),
      });
      progress.done(
        `trained ${history.length} epochs; the best was ${bestEpoch}, with a validation NDCG@10 of ${bestValidation.toFixed(4)}`,
      );
    },
    read: readTourModel,
  });
}
