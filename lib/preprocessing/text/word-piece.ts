import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { InputError } from '../../base/errors';

/** Cuts texts into the pieces that a BERT model knows, and numbers them. */
export interface WordPiece {
  /** Pieces in the model's vocabulary, those of the special ones among them. */
  readonly size: number;
  /** The pieces of a text, without special ones; `##` stands before a piece that goes on a word. */
  pieces(text: string): string[];
  /**
   * What the model reads: `[CLS]`, the pieces, `[SEP]`, as numbers. Of a longer text the first pieces are kept.
   *
   * @throws RangeError when `maxLength` leaves no room for a piece
   */
  encode(text: string, maxLength: number): Int32Array;
}

/** What is used of the package's tokenizer. */
interface Tokenizer {
  tokenize(text: string, options: { readonly add_special_tokens: boolean }): string[];
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  token_to_id(token: string): number | undefined;
}

interface Package {
  readonly Tokenizer: new (tokenizer: object, config: object) => Tokenizer;
}

const requireHere = createRequire(__filename);

/** Chinese characters beyond U+FFFF: each is a word of its own, which the package (0.2.0) does only for those below. */
const rareChinese =
  /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B820}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/**
 * Read the tokenizer of a BERT model: `tokenizer.json`, or `vocab.txt` with `tokenizer_config.json` where there is one.
 *
 * First the text is made plain (control characters out, Chinese characters apart; for a model without capitals also lower case and
 * without accents), then cut at blanks and punctuation, and each word into the longest pieces that the vocabulary has, from the left.
 * A word that cannot be pieced together is `[UNK]`, one piece. Cutting and padding that `tokenizer.json` may ask for are left to
 * `encode`.
 *
 * @throws InputError when there is no such file, it is damaged, or it is no WordPiece tokenizer
 * @source Devlin et al., "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding", NAACL 2019, section 4
 *   (WordPiece); the cutting of words: Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016, section 4.1;
 *   through the package `@huggingface/tokenizers`.
 */
export function readWordPiece(folder: string): WordPiece {
  const file = join(folder, 'tokenizer.json');
  const hasOwn = existsSync(file);
  const description = hasOwn ? readJson(file) : fromVocabulary(folder);
  const { model, normalizer } = description as {
    readonly model?: { readonly type?: string; readonly vocab?: object };
    readonly normalizer?: { readonly lowercase?: boolean } | null;
  };
  const place = { file: hasOwn ? file : join(folder, 'vocab.txt') };
  if (!model?.vocab || (model.type !== undefined && model.type !== 'WordPiece')) {
    throw new InputError(
      `this is a tokenizer of the kind ${model?.type ?? 'unknown'}, not WordPiece.`,
      'Take a model of the BERT family.',
      place,
    );
  }
  const { Tokenizer } = requireHere('@huggingface/tokenizers') as Package;
  const tokenizer = new Tokenizer(description as object, {});
  const idOf = (token: string): number => {
    const id = tokenizer.token_to_id(token);
    if (id !== undefined) return id;
    throw new InputError(`the vocabulary has no ${token}.`, 'Take a model of the BERT family.', place);
  };
  const [first, last] = [idOf('[CLS]'), idOf('[SEP]')];
  // JavaScript makes of a capital sigma at the end of a word the final one, which the vocabularies do not expect.
  const ready = (text: string): string => {
    const apart = text.replace(rareChinese, ' $& ');
    return normalizer?.lowercase === true ? apart.replaceAll('Σ', 'σ') : apart;
  };
  const plain = { add_special_tokens: false };
  return {
    size: Object.keys(model.vocab).length,
    pieces: (text) => tokenizer.tokenize(ready(text), plain),
    encode: (text, maxLength) => {
      if (!(Number.isInteger(maxLength) && maxLength >= 3)) {
        throw new RangeError(`WordPiece: maxLength must be a whole number from 3, got ${maxLength}`);
      }
      const { ids } = tokenizer.encode(ready(text), plain);
      return Int32Array.of(first, ...ids.slice(0, maxLength - 2), last);
    },
  };
}

/** What `tokenizer.json` would say, from the files of before it. */
function fromVocabulary(folder: string): object {
  const file = join(folder, 'vocab.txt');
  if (!existsSync(file)) {
    throw new InputError(
      'there is neither tokenizer.json nor vocab.txt.',
      'Name the folder of a BERT model.',
      {
        file: folder,
      },
    );
  }
  const lines = readFileSync(file, 'utf8').split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  const vocab = Object.fromEntries(lines.map((token, id) => [token, id]));
  const settingsFile = join(folder, 'tokenizer_config.json');
  const settings = (existsSync(settingsFile) ? readJson(settingsFile) : {}) as {
    readonly do_lower_case?: boolean;
    readonly strip_accents?: boolean | null;
    readonly tokenize_chinese_chars?: boolean;
  };
  const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].filter((token) => token in vocab);
  return {
    version: '1.0',
    added_tokens: special.map((content) => ({
      id: vocab[content],
      content,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: settings.tokenize_chinese_chars ?? true,
      strip_accents: settings.strip_accents ?? null,
      lowercase: settings.do_lower_case ?? true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new InputError(`this cannot be read (${(error as Error).message}).`, 'Fetch the model again.', {
      file,
    });
  }
}
