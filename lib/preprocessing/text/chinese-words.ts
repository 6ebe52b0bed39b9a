import { createRequire } from 'node:module';
import type * as JiebaPackage from '@node-rs/jieba';
import type * as JiebaDictionary from '@node-rs/jieba/dict';

/** Cuts a text into words; together they are the text. */
type WordCutter = (text: string) => string[];

const requireHere = createRequire(__filename);

let cutter: WordCutter | null = null;

/**
 * Cut Chinese into words, which it writes without spaces between them.
 *
 * Words of jieba's dictionary are chosen so that the whole sentence is most probable; a hidden Markov model finds words that the
 * dictionary does not have. Nothing is left out: spaces, punctuation and foreign words come out as well, and all pieces together are
 * the text.
 *
 * The dictionary (5 MB) is read at the first call, some .2 s.
 *
 * @source Sun Junyi, "jieba", 2012, https://github.com/fxsjy/jieba (dictionary, most probable path, hidden Markov model), through the
 *   package `@node-rs/jieba`, which is jieba-rs.
 */
export function cutChinese(text: string): string[] {
  cutter ??= loadJieba();
  return cutter(text);
}

/** Loaded when it is needed: who has no Chinese text needs no dictionary, nor the native library. */
function loadJieba(): WordCutter {
  const { Jieba } = requireHere('@node-rs/jieba') as typeof JiebaPackage;
  const { dict } = requireHere('@node-rs/jieba/dict') as typeof JiebaDictionary;
  const jieba = Jieba.withDict(dict);
  return (text) => jieba.cut(text, true);
}
