import {
  makeTourModel,
  readTourModel,
  tourArithmetic,
  type TourData,
  type TourModel,
  type TourSettings,
} from '../experiments/tour';
import { needResult } from './need';
import { trainingCell } from './training-cell';

/**
 * The encoder of notebook 02: read if it was trained with these settings on these data and with as many threads, trained
 * now otherwise.
 *
 * While it trains, a line and the learning curves under the cell say how far it is; an interrupt stops it after the step at hand.
 */
export async function needTourModel(data: TourData, settings: TourSettings): Promise<TourModel> {
  const { width, length, epochs, seed } = settings;
  const arithmetic = await tourArithmetic();
  return needResult('02-encoder', {
    inputs: { width, length, epochs, seed, data: data.log.source.sha256, ...arithmetic },
    make: async (folder) => {
      const cell = trainingCell({
        title: 'The LSTM of the tour',
        metric: 'validation NDCG@10',
        keep: false, // notebook 02 draws them next, and explains them
      });
      await cell.done(await makeTourModel(folder, data, settings, cell));
    },
    read: readTourModel,
  });
}
