import { type Noun, rowsOf } from '../word.ts';

/** Topic, then written, reading and English of its nouns. */
const table = `
food|寿司|すし|sushi
food|魚|さかな|fish
food|肉|にく|meat
food|野菜|やさい|vegetables
food|果物|くだもの|fruit
food|林檎|りんご|apple
food|ご飯|ごはん|rice
food|パン|パン|bread
food|卵|たまご|egg
food|ラーメン|ラーメン|ramen
food|うどん|うどん|udon
food|カレー|カレー|curry
food|ケーキ|ケーキ|cake
food|ピザ|ピザ|pizza
food|朝ご飯|あさごはん|breakfast
food|昼ご飯|ひるごはん|lunch
food|晩ご飯|ばんごはん|dinner
food|料理|りょうり|cooking
food|食べ物|たべもの|food
drink|水|みず|water
drink|お茶|おちゃ|tea
drink|コーヒー|コーヒー|coffee
drink|牛乳|ぎゅうにゅう|milk
drink|ビール|ビール|beer
drink|お酒|おさけ|sake
drink|ジュース|ジュース|juice
drink|飲み物|のみもの|drink
place|レストラン|レストラン|restaurant
place|喫茶店|きっさてん|café
place|カフェ|カフェ|cafe
place|学校|がっこう|school
place|大学|だいがく|university
place|図書館|としょかん|library
place|駅|えき|station
place|空港|くうこう|airport
place|病院|びょういん|hospital
place|銀行|ぎんこう|bank
place|郵便局|ゆうびんきょく|post office
place|店|みせ|shop
place|店|みせ|store
place|スーパー|スーパー|supermarket
place|デパート|デパート|department store
place|本屋|ほんや|bookshop
place|映画館|えいがかん|cinema
place|公園|こうえん|park
place|家|いえ|house
place|家|いえ|home
place|部屋|へや|room
place|台所|だいどころ|kitchen
place|会社|かいしゃ|company
place|会社|かいしゃ|office
place|ホテル|ホテル|hotel
place|海|うみ|sea
place|海|うみ|beach
place|山|やま|mountain
place|川|かわ|river
place|町|まち|town
place|神社|じんじゃ|shrine
place|寺|てら|temple
place|国|くに|country
place|日本|にほん|Japan
place|東京|とうきょう|Tokyo
place|京都|きょうと|Kyoto
place|大阪|おおさか|Osaka
place|カナダ|カナダ|Canada
place|トロント|トロント|Toronto
place|アメリカ|アメリカ|America
place|パリ|パリ|Paris
place|ロンドン|ロンドン|London
transport|電車|でんしゃ|train
transport|バス|バス|bus
transport|車|くるま|car
transport|自転車|じてんしゃ|bicycle
transport|自転車|じてんしゃ|bike
transport|飛行機|ひこうき|plane
transport|船|ふね|ship
transport|切符|きっぷ|ticket
person|友達|ともだち|friend
person|先生|せんせい|teacher
person|学生|がくせい|student
person|医者|いしゃ|doctor
person|人|ひと|person
person|子供|こども|child
person|家族|かぞく|family
person|母|はは|mother
person|父|ちち|father
person|姉|あね|older sister
person|妹|いもうと|sister
person|弟|おとうと|brother
person|兄|あに|older brother
person|会社員|かいしゃいん|office worker
animal|犬|いぬ|dog
animal|猫|ねこ|cat
animal|鳥|とり|bird
animal|馬|うま|horse
thing|本|ほん|book
thing|手紙|てがみ|letter
thing|新聞|しんぶん|newspaper
thing|雑誌|ざっし|magazine
thing|辞書|じしょ|dictionary
thing|写真|しゃしん|photo
thing|電話|でんわ|telephone
thing|時計|とけい|clock
thing|傘|かさ|umbrella
thing|鞄|かばん|bag
thing|靴|くつ|shoes
thing|服|ふく|clothes
thing|机|つくえ|desk
thing|椅子|いす|chair
thing|窓|まど|window
thing|ドア|ドア|door
thing|花|はな|flower
thing|木|き|tree
thing|お金|おかね|money
thing|荷物|にもつ|luggage
thing|コンピューター|コンピューター|computer
thing|名前|なまえ|name
leisure|映画|えいが|movie
leisure|映画|えいが|film
leisure|音楽|おんがく|music
leisure|歌|うた|song
leisure|テレビ|テレビ|television
leisure|テレビ|テレビ|tv
leisure|ゲーム|ゲーム|game
leisure|テニス|テニス|tennis
leisure|サッカー|サッカー|soccer
leisure|スポーツ|スポーツ|sport
leisure|旅行|りょこう|trip
study|日本語|にほんご|Japanese
study|英語|えいご|English
study|漢字|かんじ|kanji
study|言葉|ことば|word
study|文法|ぶんぽう|grammar
study|宿題|しゅくだい|homework
study|試験|しけん|exam
study|授業|じゅぎょう|class
study|質問|しつもん|question
study|仕事|しごと|job
nature|天気|てんき|weather
nature|雨|あめ|rain
nature|雪|ゆき|snow
nature|空|そら|sky`;

const timeTable = `
今日|きょう|today
明日|あした|tomorrow
昨日|きのう|yesterday
毎日|まいにち|every day
毎朝|まいあさ|every morning
毎晩|まいばん|every evening
毎週|まいしゅう|every week
今朝|けさ|this morning
今晩|こんばん|tonight
今晩|こんばん|this evening
今|いま|now
来週|らいしゅう|next week
先週|せんしゅう|last week
今週|こんしゅう|this week
来年|らいねん|next year
去年|きょねん|last year
昨夜|ゆうべ|last night
一緒に|いっしょに|together
よく|よく|often
時々|ときどき|sometimes
いつも|いつも|always`;

const momentTable = `
月曜日|げつようび|Monday
火曜日|かようび|Tuesday
水曜日|すいようび|Wednesday
木曜日|もくようび|Thursday
金曜日|きんようび|Friday
土曜日|どようび|Saturday
日曜日|にちようび|Sunday
週末|しゅうまつ|weekend
一時|いちじ|one o'clock
二時|にじ|two o'clock
三時|さんじ|three o'clock
四時|よじ|four o'clock
五時|ごじ|five o'clock
六時|ろくじ|six o'clock
七時|しちじ|seven o'clock
八時|はちじ|eight o'clock
九時|くじ|nine o'clock
十時|じゅうじ|ten o'clock
夏|なつ|summer
冬|ふゆ|winter
春|はる|spring
秋|あき|autumn
朝|あさ|morning
午後|ごご|afternoon
夜|よる|evening
夜|よる|night`;

const pronounTable = `
私|わたし|I
私|わたし|me
私達|わたしたち|we
私達|わたしたち|us
あなた|あなた|you
彼|かれ|he
彼|かれ|him
彼女|かのじょ|she
彼女|かのじょ|her
彼ら|かれら|they
彼ら|かれら|them
これ|これ|this
それ|それ|it
ここ|ここ|here
それ|それ|that
何|なに|what
どこ|どこ|where
いつ|いつ|when
誰|だれ|who
どうして|どうして|why`;

const phraseTable = `
おはようございます|おはようございます|good morning
こんにちは|こんにちは|hello
こんにちは|こんにちは|good afternoon
こんばんは|こんばんは|good evening
おやすみなさい|おやすみなさい|good night
さようなら|さようなら|goodbye
ありがとうございます|ありがとうございます|thank you
すみません|すみません|excuse me
ごめんなさい|ごめんなさい|i am sorry
お願いします|おねがいします|please
はい|はい|yes
いいえ|いいえ|no
いただきます|いただきます|let's eat (said before a meal)
乾杯|かんぱい|cheers
はじめまして|はじめまして|nice to meet you
お元気ですか|おげんきですか|how are you`;

function words(rows: string, kind: Noun['kind'], topic: string): Noun[] {
  return rowsOf(rows).map(([written = '', reading = '', english = '']) => ({
    kind,
    topic,
    written,
    reading,
    english,
  }));
}

export const nouns: readonly Noun[] = [
  ...rowsOf(table).map(
    ([topic = '', written = '', reading = '', english = '']): Noun => ({
      kind: 'noun',
      topic,
      written,
      reading,
      english,
    }),
  ),
  ...words(momentTable, 'noun', 'moment'),
  ...words(timeTable, 'time', 'time'),
  ...words(pronounTable, 'pronoun', 'pronoun'),
  ...words(phraseTable, 'phrase', 'phrase'),
];
