import table from './kana.json' with { type: 'json' };

/** Kana, one sign or a pair, in Hepburn romanisation. */
const syllables = new Map<string, string>(Object.entries(table));
/** Katakana as hiragana; everything else stays. Pure. */
export function toHiragana(text: string): string {
  return text.replace(/[ァ-ヶ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0x60));
}

/** Kana in Hepburn romanisation, long vowels as they are spelt (`gakkou`, `koohii`). Other signs stay. Pure. */
export function toRomaji(kana: string): string {
  const text = toHiragana(kana);
  let romaji = '';
  let isDoubled = false;
  for (let at = 0; at < text.length; ) {
    const two = text.slice(at, at + 2);
    const sign = syllables.has(two) ? two : (text[at] ?? '');
    at += sign.length;
    if (sign === 'っ') {
      isDoubled = true;
      continue;
    }
    const n = /^[あいうえおやゆよ]/.test(text.slice(at)) ? "n'" : 'n';
    const sound = sign === 'ん' ? n : syllables.get(sign);
    if (sign === 'ー') romaji += /[aiueo]$/.exec(romaji)?.[0] ?? '';
    else if (isDoubled && sound !== undefined) romaji += (sound.startsWith('ch') ? 't' : sound[0]) + sound;
    else romaji += sound ?? sign;
    isDoubled = false;
  }
  return romaji;
}

/** Whether a text has Japanese signs in it. */
export function hasJapanese(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
}
