import { cutChinese } from './chinese-words';

/** Chinese characters, which Japanese writes too; there kana stand among them. */
const chinese = /\p{Script=Han}/u;
const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;

/** The language is fixed, or the words would depend on the machine; scripts are told apart by the segmenter itself. */
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * Cut a query or a title into words, lower case, without spaces and punctuation.
 *
 * Which way depends on the script. Chinese goes through jieba; its foreign words, and all other texts, through the word boundaries
 * of Unicode, which know dictionaries for Thai and Japanese. Before, characters of the same meaning are made the same (NFKC):
 * full-width letters, ligatures. Cutting the words again, joined by spaces, gives the same words of any text without Chinese,
 * Japanese or Thai characters.
 *
 * @source Unicode Standard Annex 29, "Unicode Text Segmentation", 2023, section 4 (word boundaries), through `Intl.Segmenter`.
 * @source Unicode Standard Annex 15, "Unicode Normalization Forms", 2023 (NFKC).
 * @source Sun Junyi, "jieba", 2012, https://github.com/fxsjy/jieba.
 * @differs A word needs a letter, a digit or a character: `c++` and `c#` are both `c`. A Japanese text without kana is taken for
 *   Chinese. Words of Thai and Japanese may differ between versions of Node, whose dictionaries they come from.
 */
export function tokenize(text: string): string[] {
  const normal = text.normalize('NFKC');
  if (!chinese.test(normal) || japanese.test(normal)) return words(normal);
  const tokens: string[] = [];
  let foreign = '';
  const flush = (): void => {
    if (foreign !== '') tokens.push(...words(foreign));
    foreign = '';
  };
  // jieba sees the text in its own case: its dictionary has words like T恤.
  for (const piece of cutChinese(normal)) {
    if (chinese.test(piece)) {
      flush();
      tokens.push(piece.toLowerCase());
    } else foreign += piece;
  }
  flush();
  return tokens;
}

function words(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (isWordLike) found.push(segment.toLowerCase());
  }
  return found;
}
