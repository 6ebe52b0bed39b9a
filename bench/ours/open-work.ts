import type { Request } from '../work';
import { openBootstrap } from './bootstrap';
import { openClickStep, openClickTraining } from './clicks';
import { openClustering } from './clustering';
import { openEncoding } from './encoding';
import { openEvents } from './events';
import { openItemsets } from './itemsets';
import { openKmeans } from './kmeans';
import { openLstmLayer } from './lstm-layer';
import { openNearestIndex } from './nearest-index';
import type { OurWork } from './our-work';
import { openRanking } from './ranking';
import { openRankingMetrics } from './ranking-metrics';
import { openAls, openItemKnn } from './recommendation';
import { openTopN } from './top-n';
import { openTraining } from './training';

type Open = Extract<Request, { do: 'open' }>;

/** Make a work ready in this process: draw what it starts from, compile what it runs. */
export function openWork({ kind, settings, variant, threads }: Omit<Open, 'do'>): OurWork {
  switch (kind) {
    case 'training':
      return openTraining(settings as never);
    case 'encoding':
      return openEncoding(settings as never);
    case 'ranking':
      return openRanking(settings as never);
    case 'ranking-metrics':
      return openRankingMetrics(settings as never);
    case 'kmeans':
      return openKmeans(settings as never, variant === 'ml-kmeans');
    case 'clustering':
      return openClustering(settings as never);
    case 'itemsets':
      return openItemsets(settings as never);
    case 'bootstrap':
      return openBootstrap(settings as never);
    case 'als':
      return openAls(settings as never);
    case 'item-knn':
      return openItemKnn(settings as never);
    case 'top-n':
      return openTopN(settings as never);
    case 'nearest-index':
      return openNearestIndex(settings as never);
    case 'click-step':
      return openClickStep(settings as never);
    case 'click-training':
      return openClickTraining(settings as never);
    case 'lstm-layer':
      return openLstmLayer(settings as never, variant === 'tf.layers');
    case 'events':
      return openEvents(settings as never, threads);
  }
}
