import { describe, expect, it } from 'vitest';
import fc from '../../../../../test/properties.ts';
import { conjugate, type VerbForm } from '../../../src/words/stand-in/japanese/conjugate.ts';
import { findRomaji } from '../../../src/words/stand-in/japanese/find-word.ts';
import { toHiragana, toRomaji } from '../../../src/words/stand-in/japanese/kana.ts';
import { readSentence } from '../../../src/words/stand-in/japanese/read-sentence.ts';
import { adjectives, nouns, verbs } from '../../../src/words/stand-in/japanese/vocabulary.ts';
import { piecesOf, writeSentence } from '../../../src/words/stand-in/japanese/write-sentence.ts';

function verb(written: string) {
  const found = verbs.find((one) => one.written === written);
  if (found === undefined) throw new Error(`${written} is not in the vocabulary.`);
  return found;
}

describe('conjugation', () => {
  const forms: VerbForm[] = [
    'masu',
    'te',
    'ta',
    'nai',
    'nakatta',
    'potential',
    'volitional',
    'passive',
    'causative',
    'ba',
    'tara',
    'imperative',
    'tai',
  ];
  it.each([
    [
      '食べる',
      '食べます 食べて 食べた 食べない 食べなかった 食べられる 食べよう 食べられる 食べさせる 食べれば 食べたら 食べろ 食べたい',
    ],
    [
      '飲む',
      '飲みます 飲んで 飲んだ 飲まない 飲まなかった 飲める 飲もう 飲まれる 飲ませる 飲めば 飲んだら 飲め 飲みたい',
    ],
    [
      '行く',
      '行きます 行って 行った 行かない 行かなかった 行ける 行こう 行かれる 行かせる 行けば 行ったら 行け 行きたい',
    ],
    [
      '書く',
      '書きます 書いて 書いた 書かない 書かなかった 書ける 書こう 書かれる 書かせる 書けば 書いたら 書け 書きたい',
    ],
    [
      '泳ぐ',
      '泳ぎます 泳いで 泳いだ 泳がない 泳がなかった 泳げる 泳ごう 泳がれる 泳がせる 泳げば 泳いだら 泳げ 泳ぎたい',
    ],
    [
      '話す',
      '話します 話して 話した 話さない 話さなかった 話せる 話そう 話される 話させる 話せば 話したら 話せ 話したい',
    ],
    [
      '待つ',
      '待ちます 待って 待った 待たない 待たなかった 待てる 待とう 待たれる 待たせる 待てば 待ったら 待て 待ちたい',
    ],
    [
      '買う',
      '買います 買って 買った 買わない 買わなかった 買える 買おう 買われる 買わせる 買えば 買ったら 買え 買いたい',
    ],
    [
      '死ぬ',
      '死にます 死んで 死んだ 死なない 死ななかった 死ねる 死のう 死なれる 死なせる 死ねば 死んだら 死ね 死にたい',
    ],
    [
      '遊ぶ',
      '遊びます 遊んで 遊んだ 遊ばない 遊ばなかった 遊べる 遊ぼう 遊ばれる 遊ばせる 遊べば 遊んだら 遊べ 遊びたい',
    ],
    [
      '帰る',
      '帰ります 帰って 帰った 帰らない 帰らなかった 帰れる 帰ろう 帰られる 帰らせる 帰れば 帰ったら 帰れ 帰りたい',
    ],
    [
      '勉強する',
      '勉強します 勉強して 勉強した 勉強しない 勉強しなかった 勉強できる 勉強しよう 勉強される 勉強させる 勉強すれば 勉強したら 勉強しろ 勉強したい',
    ],
    [
      '来る',
      '来ます 来て 来た 来ない 来なかった 来られる 来よう 来られる 来させる 来れば 来たら 来い 来たい',
    ],
  ])('%s', (written, expected) => {
    expect(forms.map((form) => conjugate(verb(written), form).written).join(' ')).toBe(expected);
  });

  it('changes the reading of 来る, and ある has no ordinary negative', () => {
    const readings = forms.map((form) => conjugate(verb('来る'), form).reading).join(' ');
    expect(readings).toBe(
      'きます きて きた こない こなかった こられる こよう こられる こさせる くれば きたら こい きたい',
    );
    expect([conjugate(verb('ある'), 'nai').written, conjugate(verb('ある'), 'nakatta').written]).toEqual([
      'ない',
      'なかった',
    ]);
  });

  it('keeps what is written and what is read in step', () => {
    fc.assert(
      fc.property(fc.constantFrom(...verbs), fc.constantFrom(...forms), (one, form) => {
        const { written, reading } = conjugate(one, form);
        const kana = /\p{Script=Hiragana}*$/u.exec(written)?.[0] ?? '';
        expect(reading.endsWith(kana)).toBe(true);
        expect(toRomaji(reading)).toMatch(/^[a-z']+$/);
      }),
    );
  });
});

describe('the vocabulary', () => {
  const words = [...verbs, ...adjectives, ...nouns];

  it('has more than two hundred words, each with a reading in kana', () => {
    expect(new Set(words.map(({ written }) => written)).size).toBeGreaterThan(200);
    for (const { written, reading } of words) expect(reading, written).toMatch(/^[ぁ-ゖァ-ヶー]+$/);
  });

  it('is found by its romaji, however its long vowels are typed', () => {
    for (const word of verbs)
      expect(findRomaji(`${toRomaji(word.reading)}`)[0]?.reading, word.reading).toBe(word.reading);
    expect(['toukyou', 'tokyo', 'Tōkyō'].map((name) => findRomaji(name)[0]?.written)).toEqual([
      '東京',
      '東京',
      '東京',
    ]);
  });
});

describe('kana', () => {
  it.each([
    ['コーヒー', 'koohii'],
    ['きっぷ', 'kippu'],
    ['まっちゃ', 'matcha'],
    ['ほんや', "hon'ya"],
    ['りょこう', 'ryokou'],
  ])('%s is %s', (kana, romaji) => {
    expect([toRomaji(kana), toRomaji(toHiragana(kana))]).toEqual([romaji, romaji]);
  });
});

describe('sentences', () => {
  it.each([
    ["Let's eat at a restaurant!", 'レストランで食べましょう。', 'Resutoran de tabemashou.'],
    ['I eat sushi.', '私は寿司を食べます。', 'Watashi wa sushi o tabemasu.'],
    [
      'I want to drink coffee with my friend.',
      '私は友達とコーヒーを飲みたいです。',
      'Watashi wa tomodachi to koohii o nomitai desu.',
    ],
    ['I went to Kyoto yesterday.', '昨日私は京都に行きました。', 'Kinou watashi wa kyouto ni ikimashita.'],
    ['Do you read books every day?', '毎日本を読みますか。', 'Mainichi hon o yomimasu ka.'],
    ["She didn't go to school.", '彼女は学校に行きませんでした。', 'Kanojo wa gakkou ni ikimasen deshita.'],
    ['I can speak Japanese.', '私は日本語を話せます。', 'Watashi wa nihongo o hanasemasu.'],
    ['Please do not open the window.', '窓を開けないでください。', 'Mado o akenaide kudasai.'],
    [
      'I must study Japanese.',
      '私は日本語を勉強しなければなりません。',
      'Watashi wa nihongo o benkyou shinakereba narimasen.',
    ],
    ['We are watching a movie.', '私達は映画を見ています。', 'Watashitachi wa eiga o mite imasu.'],
    ['This is my book.', 'これは私の本です。', 'Kore wa watashi no hon desu.'],
    ['The food was not expensive.', '食べ物は高くなかったです。', 'Tabemono wa takakunakatta desu.'],
    ['I like to read books.', '私は本を読むのが好きです。', 'Watashi wa hon o yomu no ga suki desu.'],
    ['There is a cat in the park.', '公園に猫がいます。', 'Kouen ni neko ga imasu.'],
    ['Where do you live?', 'どこに住んでいますか。', 'Doko ni sunde imasu ka.'],
    [
      "Shall we meet at the station at three o'clock?",
      '三時に駅で会いましょうか。',
      'Sanji ni eki de aimashou ka.',
    ],
    ['What is this?', 'これは何ですか。', 'Kore wa nan desu ka.'],
    ['We watch movies.', '私達は映画を見ます。', 'Watashitachi wa eiga o mimasu.'],
    ['I want to have lunch.', '私は昼ご飯を食べたいです。', 'Watashi wa hirugohan o tabetai desu.'],
  ])('%s %s', (english, written, romaji) => {
    const meaning = readSentence(english);
    if (meaning === undefined) throw new Error('not understood');
    const sentence = writeSentence(piecesOf(meaning));
    expect([sentence.written, sentence.romaji, meaning.unknown]).toEqual([written, romaji, []]);
  });

  it('are read in bounded time, whatever they say', () => {
    const word = fc.constantFrom(
      'the',
      'cat',
      'eats',
      'and',
      'my',
      'is',
      'not',
      'do',
      'in',
      'want',
      'to',
      'Ada',
      'there',
      '?',
      'a',
      'new',
      'like',
      'xyz',
      'please',
      'what',
      'her',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const meaning = readSentence(words.join(' '));
        if (meaning !== undefined) expect(writeSentence(piecesOf(meaning)).written.length).toBeGreaterThan(0);
      }),
    );
  });
});
