const vowels = ['a', 'i', 'u', 'e', 'o'];

/** Rows of the syllabary: the consonant and its five kana; a dash where there is none. */
const rows: readonly (readonly [string, string])[] = [
  ['', 'あいうえお'],
  ['k', 'かきくけこ'],
  ['g', 'がぎぐげご'],
  ['s', 'さしすせそ'],
  ['z', 'ざじずぜぞ'],
  ['t', 'たちつてと'],
  ['d', 'だぢづでど'],
  ['n', 'なにぬねの'],
  ['h', 'はひふへほ'],
  ['b', 'ばびぶべぼ'],
  ['p', 'ぱぴぷぺぽ'],
  ['m', 'まみむめも'],
  ['r', 'らりるれろ'],
  ['y', 'や-ゆ-よ'],
  ['w', 'わ---を'],
];

/** Where Hepburn romanisation leaves the row's consonant. */
const irregular: Readonly<Record<string, string>> = {
  し: 'shi',
  じ: 'ji',
  ち: 'chi',
  つ: 'tsu',
  ぢ: 'ji',
  づ: 'zu',
  ふ: 'fu',
  を: 'o',
};

/** Spellings that people type beside Hepburn's. */
const alternatives: Readonly<Record<string, string>> = {
  si: 'し',
  zi: 'じ',
  ti: 'ち',
  tu: 'つ',
  hu: 'ふ',
  di: 'ぢ',
  du: 'づ',
  wo: 'を',
};

const syllables = new Map<string, string>();
for (const [consonant, kana] of rows) {
  [...kana].forEach((sign, index) => {
    if (sign !== '-') syllables.set(sign, irregular[sign] ?? `${consonant}${vowels[index]}`);
  });
}
for (const [sign, sound] of [...syllables]) {
  if (!/^(?:ki|gi|shi|ji|chi|ni|hi|bi|pi|mi|ri)$/.test(sound) || sign === 'ぢ') continue;
  for (const [small, vowel] of [
    ['ゃ', 'a'],
    ['ゅ', 'u'],
    ['ょ', 'o'],
  ] as const) {
    const start = /^(?:shi|ji|chi)$/.test(sound) ? sound.slice(0, -1) : `${sound.slice(0, -1)}y`;
    syllables.set(sign + small, start + vowel);
  }
}
for (const [sign, sound] of [
  ['ティ', 'ti'],
  ['ディ', 'di'],
  ['ファ', 'fa'],
  ['フィ', 'fi'],
  ['フェ', 'fe'],
  ['フォ', 'fo'],
  ['シェ', 'she'],
  ['ジェ', 'je'],
  ['チェ', 'che'],
  ['ウェ', 'we'],
] as const) {
  syllables.set(toHiragana(sign), sound);
}

const signs = new Map<string, string>(Object.entries(alternatives));
for (const [sign, sound] of syllables) if (!signs.has(sound)) signs.set(sound, sign);

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
    if (sign === 'ー') romaji += /[aiueo]$/.exec(romaji)?.[0] ?? '';
    else {
      const sound =
        sign === 'ん' ? (/^[あいうえおやゆよ]/.test(text.slice(at)) ? "n'" : 'n') : syllables.get(sign);
      romaji += isDoubled && sound !== undefined ? doubled(sound) : (sound ?? sign);
    }
    isDoubled = false;
  }
  return romaji;
}

function doubled(sound: string): string {
  return sound.startsWith('ch') ? `t${sound}` : `${sound[0]}${sound}`;
}

/** A romanised Japanese word in hiragana; `undefined` when it is not one. Pure. */
export function fromRomaji(romaji: string): string | undefined {
  const text = plainRomaji(romaji);
  if (!/^[a-z']+$/.test(text)) return undefined;
  let kana = '';
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const double = /^([kstpgzdbc])(?=\1)|^t(?=ch)/.exec(rest);
    const syllable = [3, 2, 1].map((length) => rest.slice(0, length)).find((part) => signs.has(part));
    if (double !== null) {
      kana += 'っ';
      at += 1;
    } else if (syllable !== undefined && !(rest[0] === 'n' && syllable === 'n')) {
      kana += signs.get(syllable);
      at += syllable.length;
    } else if (rest[0] === 'n') {
      kana += 'ん';
      at += /^n'/.test(rest) ? 2 : 1;
    } else return undefined;
  }
  return kana;
}

/** Romaji in lower case with long vowels written out: `Tōkyō` is `toukyou`. Pure. */
export function plainRomaji(romaji: string): string {
  return romaji
    .toLowerCase()
    .replace(/[ōô]/g, 'ou')
    .replace(/[ūû]/g, 'uu')
    .replace(/[āâ]/g, 'aa')
    .replace(/[ēê]/g, 'ei')
    .replace(/[īî]/g, 'ii')
    .replace(/[’`]/g, "'");
}

/** Whether a text has Japanese signs in it. */
export function hasJapanese(text: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text);
}
