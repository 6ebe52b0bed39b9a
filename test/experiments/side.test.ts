import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRng } from '../../lib/base/random';
import type { EventLog, UserEvent } from '../../lib/data/event';
import { evaluateRanking } from '../../lib/experiments/evaluate-ranking';
import { heldOut } from '../../lib/experiments/held-out';
import { nextItems } from '../../lib/experiments/learning/next-item';
import { loadModel, saveModel } from '../../lib/experiments/model-folder';
import type { ModelSide } from '../../lib/experiments/model-side';
import { nextChannelOf } from '../../lib/experiments/next-channel';
import { predict } from '../../lib/experiments/predict';
import {
  createModel,
  modelScorer,
  userVectors,
  type SequenceModel,
} from '../../lib/experiments/sequence-model';
import { trainEncoder, trainingDefaults, type EncoderTraining } from '../../lib/experiments/train-encoder';
import { createValidation } from '../../lib/experiments/validation';
import { startBackend } from '../../lib/nn/backend';
import { leaveOneOut } from '../../lib/preprocessing/leave-one-out';
import { toSequences } from '../../lib/preprocessing/sequences';
import {
  codeSide,
  columnsFor,
  fitSideCodes,
  type SideRules,
} from '../../lib/preprocessing/side/side-information';
import { withSequences, type SplitSequences } from '../../lib/preprocessing/splits/split-sequences';
import { recommend } from '../../lib/recommendation/top-n';
import { readSideOptions } from '../../scripts/side-options';
import { toyLog } from '../preprocessing/toy-log';

beforeAll(async () => {
  await startBackend();
});

/** A walk of eight events around a circle of 36 items for each of sixty users; `step` says how far each event moves on. */
function circle(
  step: (user: number, at: number, draw: () => number) => { by: number; more?: Partial<UserEvent> },
): EventLog {
  const rng = createRng(5);
  const rows = Array.from({ length: 60 }, (_, user) => {
    let item = rng.integer(36);
    return Array.from({ length: 8 }, (_, at) => {
      const { by, more } = step(user, at, () => rng.next());
      const row = [`u${user}`, `i${item}`, at * 1000, more ?? {}] as const;
      item = (item + by) % 36;
      return row;
    });
  }).flat();
  return toyLog(rows);
}

/** A purchase leads five items on, a click one. */
const byBehavior = circle((_, __, draw) =>
  draw() < 0.5 ? { by: 5, more: { behavior: 'purchase' } } : { by: 1, more: { behavior: 'click' } },
);

/** Every other item is common to all; the others are for women or for men, which is not seen from the common one before. */
const byGender = (): EventLog => {
  const rng = createRng(3);
  const genderOf = (user: number): string => (user % 2 === 0 ? 'F' : 'M');
  const rows = Array.from({ length: 60 }, (_, user) =>
    Array.from({ length: 8 }, (_, at) => {
      const kind = at % 2 === 0 ? 'all' : genderOf(user);
      return [`u${user}`, `${kind}${rng.integer(4)}`, at] as const;
    }),
  ).flat();
  const users = Array.from(
    { length: 60 },
    (_, user) => [`u${user}`, { profile: { gender: genderOf(user) } }] as const,
  );
  return { ...toyLog(rows), users: new Map(users) };
};

function sided(
  log: EventLog,
  rules: SideRules,
  more: Partial<Omit<ModelSide, 'codes'>> = {},
): { split: SplitSequences; side: ModelSide } {
  const split = leaveOneOut(toSequences(log, { columns: columnsFor(rules) }));
  const codes = fitSideCodes(split, rules);
  const side = { codes, profileFusion: rules.profile ? ('concat' as const) : null, heads: [], ...more };
  return { split: withSequences(split, codeSide(split.sequences, codes)), side };
}

const training: EncoderTraining = {
  ...trainingDefaults,
  maxEpochs: 30,
  batchSize: 64,
  patience: 30,
  keep: 'last',
  optimiser: { ...trainingDefaults.optimiser, learningRate: 0.02 },
};
const small = { width: 16, numBlocks: 1, feedForwardWidth: 32, dropoutRate: 0, attentionDropoutRate: 0 };

async function trained(
  split: SplitSequences,
  side: ModelSide | undefined,
  { length = 6, ...change }: Partial<EncoderTraining> & { readonly length?: number } = {},
): Promise<SequenceModel> {
  const model = createModel(split.sequences.vocabulary, {
    encoder: 'gpt',
    length,
    seed: 1,
    config: small,
    ...(side && { side }),
  });
  // Whatever cannot be recorded into a graph would run several times slower: that must not pass unseen.
  const said: string[] = [];
  await trainEncoder(model, split, { ...training, ...change }, { say: (sentence) => said.push(sentence) });
  expect(said.join(' ')).not.toContain('eagerly');
  return model;
}

const test = (model: SequenceModel, split: SplitSequences): number =>
  evaluateRanking(modelScorer(model), split, 'test').ndcg10;

describe('a model with channels', () => {
  const rules: SideRules = { channels: ['behavior', 'gap'] };

  it('reads at each event what belongs to it, and is asked for what belongs to the next', () => {
    // The behaviour says which third of the circle an item is of.
    const kinds = ['click', 'cart', 'purchase'] as const;
    const log = circle((_, __, draw) => ({ by: 1 + Math.floor(3 * draw()) }));
    log.events.forEach((event) =>
      Object.assign(event, { behavior: kinds[Number(event.itemId!.slice(1)) % 3]! }),
    );
    const { split, side } = sided(log, { channels: ['behavior'] }, { heads: ['behavior'] });
    const { vocabulary } = split.sequences;
    const model = createModel(vocabulary, { encoder: 'gpt', length: 5, seed: 1, config: small, side });
    const objective = nextItems(model, split, { batchSize: 8, nextChannels: { behavior: 1 } }, createRng(1));
    const augmentation = { name: 'drop', share: 0.2, chance: 0.5 } as const;
    expect(() =>
      nextItems(model, split, { batchSize: 8, nextChannels: { behavior: 1 }, augmentation }, createRng(1)),
    ).toThrow('windows are not augmented where the model reads channels');
    const codeOf = (item: number): number =>
      item === 0
        ? 0
        : 2 + ['cart', 'click', 'purchase'].indexOf(kinds[Number(vocabulary.itemIds[item]!.slice(1)) % 3]!);
    let places = 0;
    for (const batch of objective.batches(3)) {
      const inputs = objective.inputs(batch);
      expect([...inputs['channel.behavior']!.values]).toEqual(Array.from(inputs['items_BT']!.values, codeOf));
      const [targets, classes, weights, known] = [
        'targets_L',
        'next.behavior.classes_L',
        'weights_L',
        'next.behavior.weights_L',
      ].map((name) => inputs[name]!.values) as [Int32Array, Int32Array, Float32Array, Float32Array];
      expect(known).toEqual(weights);
      targets.forEach((target, at) => {
        if (weights[at] === 0) return;
        places += 1;
        expect(classes[at]).toBe(codeOf(target) - 2);
      });
    }
    expect(places).toBe(60 * 5);
  });

  it('learns what only a channel tells, in training, validation and test alike', async () => {
    const { split, side } = sided(byBehavior, { channels: ['behavior'] });
    const [blind, seeing] = [await trained(split, undefined), await trained(split, side)];
    // Two candidates are equally likely without it: first or second place.
    expect(test(blind, split)).toBeLessThan(0.9);
    expect(test(seeing, split)).toBeGreaterThan(0.93);
    const eager = evaluateRanking(modelScorer(seeing), split, 'validation').ndcg10;
    const validation = createValidation(seeing, split, {
      engine: 'graph',
      say: (sentence) => expect.fail(sentence),
    });
    expect(validation.ndcg10()).toBeCloseTo(eager, 6);
    validation.dispose();
  });

  it('names the next behaviour and gap beside the next item, and keeps the heads', async () => {
    // Clicks and purchases take turns.
    const log = circle((user, at) => ({
      by: 1,
      more: { behavior: (user + at) % 2 === 0 ? 'purchase' : 'click' },
    }));
    const { split, side } = sided(log, { channels: ['behavior'] }, { heads: ['behavior'] });
    const model = await trained(split, side, { nextChannels: { behavior: 0.5 } });
    const question = heldOut(split, { which: 'test', events: 'last' });
    const guessed = nextChannelOf(model, 'behavior', question);
    expect(guessed.values).toEqual(['click', 'purchase']);
    const wanted = Array.from(question.rows, (row) => split.sequences.side!.channels['behavior']![row]! - 2);
    const right = wanted.filter((value, row) => guessed.probabilities.values[2 * row + value]! > 0.8).length;
    expect(right).toBeGreaterThanOrEqual(57);
  });

  it('comes back from its folder, with all that it knows, and predicts for users never seen', async () => {
    const { split, side } = sided(byBehavior, rules);
    const model = await trained(split, side, { maxEpochs: 2 });
    const folder = mkdtempSync(join(tmpdir(), 'side-'));
    saveModel(folder, model);
    const again = loadModel(folder);
    const of = (own: SequenceModel, log: EventLog) => {
      const sequences = toSequences(log, { vocabulary: own.vocabulary, columns: columnsFor(rules) });
      return predict(own, codeSide(sequences, own.side!.codes), { n: 3 });
    };
    const fresh = (behavior: UserEvent['behavior']): EventLog =>
      toyLog([
        ['new', 'i3', 0],
        ['new', 'i4', 5, { behavior }],
      ]);
    const [one, two] = [of(model, fresh('purchase')), of(again, fresh('purchase'))];
    expect(two.items).toEqual(one.items);
    expect(two.vectors).toEqual(one.vectors);
    expect(of(again, fresh('click')).vectors).not.toEqual(one.vectors);
    // A behaviour that training did not have is "not known", not an error.
    expect(of(again, fresh('share')).items[0]).toHaveLength(3);
    writeFileSync(join(folder, 'codes.json'), '{');
    expect(() => loadModel(folder)).toThrow(/codes\.json: this is not JSON/);
  });

  it('refuses what is missing or would be ignored', async () => {
    const { split, side } = sided(byBehavior, rules);
    const make = (own: ModelSide, encoder: 'gpt' | 'lstm' = 'gpt') =>
      createModel(split.sequences.vocabulary, { encoder, length: 6, seed: 1, side: own });
    expect(() => make(side, 'lstm')).toThrow('lstm reads items only, and no channel behavior');
    expect(() => make({ ...side, heads: ['category'] })).toThrow(
      'there is no channel category to be predicted',
    );
    expect(() => make({ ...side, profileFusion: 'gate' })).toThrow('there is no profile to be fused');
    const model = make({ ...side, heads: ['behavior'] });
    const histories = [Int32Array.of(1, 2)];
    expect(() => userVectors(model, histories)).toThrow('say what is known of each history');
    expect(() => recommend(modelScorer(model), histories, { n: 1, excludeSeen: true })).toThrow(
      'say what is known',
    );
    const contexts = [{ channels: { behavior: Int32Array.of(2), gap: Int32Array.of(1, 1) }, profile: {} }];
    expect(() => userVectors(model, histories, { contexts })).toThrow(
      'the channel behavior of history 0 has 1 events, not 2',
    );
    await expect(trainEncoder(model, split, training)).rejects.toThrow('nothing says what that counts');
    await expect(trainEncoder(model, split, { ...training, nextChannels: { gap: 1 } })).rejects.toThrow(
      'no head that names the next gap',
    );
    await expect(
      trainEncoder(model, leaveOneOut(toSequences(byBehavior)), {
        ...training,
        nextChannels: { behavior: 1 },
      }),
    ).rejects.toThrow('which the sequences lack');
    const views = { name: 'contrastive', views: 'halves', pooling: 'mean', temperature: 0.1 } as const;
    await expect(trainEncoder(model, split, { ...training, objectives: [views] })).rejects.toThrow(
      'a view shows items',
    );
  });
});

describe('a model with a profile', () => {
  it.each(['concat', 'gate'] as const)('learns what only the profile tells: %s', async (profileFusion) => {
    const { split, side } = sided(byGender(), { profile: ['gender'] }, { profileFusion });
    const one = { length: 1, batchSize: 128 };
    const [blind, seeing] = [await trained(split, undefined, one), await trained(split, side, one)];
    const { histories, contexts, users } = heldOut(split, { which: 'test', events: 'last' });
    const share = (model: SequenceModel): number => {
      const { items } = recommend(modelScorer(model), histories, {
        n: 1,
        excludeSeen: false,
        contexts: contexts!,
      });
      const right = items.filter(([best], row) =>
        split.sequences.vocabulary.itemIds[best!]!.startsWith(users[row]! % 2 === 0 ? 'F' : 'M'),
      );
      return right.length / items.length;
    };
    expect(share(blind)).toBeLessThan(0.7);
    expect(share(seeing)).toBeGreaterThan(0.95);
  });
});

describe('a model with features of items', () => {
  /** Even users take items of category even, odd ones odd; the last item of each is one that nobody had before. */
  const log = (): EventLog => {
    const rng = createRng(2);
    const rows = Array.from({ length: 40 }, (_, user) =>
      Array.from({ length: 8 }, (_, at) => {
        const of = 2 * rng.integer(6) + (user % 2);
        return [`u${user}`, at === 7 ? `new${2 * rng.integer(3) + (user % 2)}` : `i${of}`, at] as const;
      }),
    ).flat();
    const items = new Map(
      [...new Set(rows.map(([, id]) => id))].map((id) => {
        const parity = Number(/\d+$/.exec(id)![0]) % 2 === 0 ? 'even' : 'odd';
        return [id, { title: '', categories: [parity], year: null }] as const;
      }),
    );
    return { ...toyLog(rows), items };
  };

  it('puts items that training never had where those of their category are', async () => {
    const rules: SideRules = { itemFeatures: ['categories'] };
    const { split, side } = sided(log(), rules);
    expect(side.codes.items!.unseen).toHaveLength(6);
    const [blind, seeing] = [await trained(split, undefined), await trained(split, side)];
    const { vocabulary } = split.sequences;
    const question = heldOut(split, { which: 'test', events: 'last' });
    /** How often the best new item is of the user's category. */
    const share = (model: SequenceModel): number => {
      const scores = modelScorer(model).score(question.histories, question.contexts).arraySync();
      const fresh = Array.from(vocabulary.itemIds.keys()).filter((item) =>
        vocabulary.itemIds[item]!.startsWith('new'),
      );
      const right = scores.filter((own, row) => {
        const best = fresh.reduce((a, b) => (own[b]! > own[a]! ? b : a));
        return Number(vocabulary.itemIds[best]!.slice(3)) % 2 === question.users[row]! % 2;
      });
      return right.length / scores.length;
    };
    expect(share(blind)).toBeLessThan(0.8);
    expect(share(seeing)).toBeGreaterThan(0.95);
  });

  it('is any encoder of the catalogue, one that hides items among them', () => {
    const { split, side } = sided(log(), { itemFeatures: ['categories'] });
    for (const encoder of ['lstm', 'bert4rec', 'average'] as const) {
      const { vocabulary } = split.sequences;
      const settings = { encoder, length: 4, seed: 1, config: { width: 8 } };
      const [plain, model] = [
        createModel(vocabulary, settings),
        createModel(vocabulary, { ...settings, side }),
      ];
      const histories = [Int32Array.of(3, 4), Int32Array.of(9)];
      expect(userVectors(model, histories)).not.toEqual(userVectors(plain, histories));
      const before = tf.memory().numTensors;
      modelScorer(model).score(histories).dispose();
      expect(tf.memory().numTensors).toBe(before);
    }
  });
});

describe('a model without any of it', () => {
  it('is the same, bit for bit, whatever the sequences carry beside items', async () => {
    const { split } = sided(byBehavior, { channels: ['behavior', 'gap'] });
    const plain = leaveOneOut(toSequences(byBehavior));
    const change = { maxEpochs: 2 };
    const [a, b] = [await trained(split, undefined, change), await trained(plain, undefined, change)];
    const histories = [Int32Array.of(1, 2, 3)];
    expect(userVectors(a, histories)).toEqual(userVectors(b, histories));
    expect(a.params).not.toHaveProperty('itemFeatures');
  });
});

describe('the options of what a model knows', () => {
  it('are read as settings of the model and of its training', () => {
    const values = {
      channels: 'behavior,gap',
      'next-channels': 'behavior:0.5,gap',
      'item-features': 'categories',
      profile: 'age,gender',
      fusion: 'gate',
    };
    expect(readSideOptions(values, 'gpt')).toEqual({
      side: {
        channels: ['behavior', 'gap'],
        itemFeatures: ['categories'],
        profile: ['age', 'gender'],
        profileFusion: 'gate',
      },
      nextChannels: { behavior: 0.5, gap: 1 },
    });
    expect(readSideOptions({}, 'lstm')).toEqual({});
  });

  it.each([
    [
      { channels: 'gap' },
      'lstm',
      '--channels means nothing for lstm, which reads items only. It goes with --encoder gpt',
    ],
    [{ channels: 'colour' }, 'gpt', 'Choose one of behavior, gap, category, query, rating'],
    [{ channels: 'gap,gap' }, 'gpt', 'Name each once'],
    [
      { channels: 'gap', 'next-channels': 'behavior' },
      'gpt',
      "names 'behavior', which is not read. Add it to --channels",
    ],
    [{ channels: 'query', 'next-channels': 'query' }, 'gpt', 'which is a text'],
    [{ fusion: 'gate' }, 'lstm', '--fusion needs a profile'],
    [{ profile: 'age', fusion: 'sum' }, 'lstm', 'Choose one of concat, gate'],
  ] as const)('are refused where they make no sense: %j', (values, encoder, message) => {
    expect(() => readSideOptions(values, encoder)).toThrow(message);
  });
});
