import { type Adjective, rowsOf } from '../word.ts';

/** Group, written, reading, English. */
const table = `
i|大きい|おおきい|big
i|大きい|おおきい|large
i|小さい|ちいさい|small
i|新しい|あたらしい|new
i|古い|ふるい|old
i|良い|いい|good
i|悪い|わるい|bad
i|高い|たかい|expensive
i|高い|たかい|high
i|高い|たかい|tall
i|安い|やすい|cheap
i|美味しい|おいしい|delicious
i|美味しい|おいしい|tasty
i|不味い|まずい|bad-tasting
i|辛い|からい|spicy
i|甘い|あまい|sweet
i|暑い|あつい|hot
i|寒い|さむい|cold
i|冷たい|つめたい|cold to the touch
i|暖かい|あたたかい|warm
i|涼しい|すずしい|cool
i|面白い|おもしろい|interesting
i|面白い|おもしろい|funny
i|楽しい|たのしい|fun
i|難しい|むずかしい|difficult
i|難しい|むずかしい|hard
i|易しい|やさしい|easy
i|忙しい|いそがしい|busy
i|早い|はやい|early
i|速い|はやい|fast
i|遅い|おそい|slow
i|遅い|おそい|late
i|長い|ながい|long
i|短い|みじかい|short
i|近い|ちかい|near
i|遠い|とおい|far
i|白い|しろい|white
i|黒い|くろい|black
i|赤い|あかい|red
i|青い|あおい|blue
i|若い|わかい|young
i|嬉しい|うれしい|happy
i|悲しい|かなしい|sad
i|眠い|ねむい|sleepy
na|静か|しずか|quiet
na|賑やか|にぎやか|lively
na|綺麗|きれい|beautiful
na|綺麗|きれい|pretty
na|有名|ゆうめい|famous
na|親切|しんせつ|kind
na|元気|げんき|healthy
na|便利|べんり|convenient
na|簡単|かんたん|simple
na|大切|たいせつ|important
na|暇|ひま|free
na|好き|すき|liked
na|嫌い|きらい|disliked
na|上手|じょうず|skilled
na|下手|へた|unskilled`;

export const adjectives: readonly Adjective[] = rowsOf(table).map(
  ([group = '', written = '', reading = '', english = '']) => ({
    kind: group === 'i' ? 'i-adjective' : 'na-adjective',
    written,
    reading,
    english,
  }),
);
