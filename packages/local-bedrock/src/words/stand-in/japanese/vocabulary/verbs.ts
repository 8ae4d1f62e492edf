import { rowsOf, type Verb, type VerbGroup } from '../word.ts';

/** Written, reading, group, English, English past, particle of the object where it is not を. */
const table = `
食べる|たべる|ichidan|eat|ate
飲む|のむ|godan|drink|drank
行く|いく|godan|go|went|に
来る|くる|kuru|come|came|に
帰る|かえる|godan|return|returned|に
帰る|かえる|godan|go home|went home
見る|みる|ichidan|see|saw
見る|みる|ichidan|watch|watched
見る|みる|ichidan|look at|looked at
聞く|きく|godan|listen to|listened to
聞く|きく|godan|hear|heard
聞く|きく|godan|ask|asked|に
読む|よむ|godan|read|read
書く|かく|godan|write|wrote
話す|はなす|godan|speak|spoke
話す|はなす|godan|talk|talked
言う|いう|godan|say|said
買う|かう|godan|buy|bought
売る|うる|godan|sell|sold
会う|あう|godan|meet|met|に
待つ|まつ|godan|wait for|waited for
待つ|まつ|godan|wait|waited
持つ|もつ|godan|hold|held
立つ|たつ|godan|stand|stood
座る|すわる|godan|sit|sat|に
歩く|あるく|godan|walk|walked
走る|はしる|godan|run|ran
泳ぐ|およぐ|godan|swim|swam
遊ぶ|あそぶ|godan|play|played
呼ぶ|よぶ|godan|call|called
飛ぶ|とぶ|godan|fly|flew
死ぬ|しぬ|godan|die|died
作る|つくる|godan|make|made
使う|つかう|godan|use|used
洗う|あらう|godan|wash|washed
習う|ならう|godan|learn|learned
習う|ならう|godan|learn|learnt
働く|はたらく|godan|work|worked
休む|やすむ|godan|rest|rested
住む|すむ|godan|live|lived|に
入る|はいる|godan|enter|entered|に
出る|でる|ichidan|leave|left
起きる|おきる|ichidan|get up|got up
起きる|おきる|ichidan|wake up|woke up
寝る|ねる|ichidan|sleep|slept
寝る|ねる|ichidan|go to bed|went to bed
教える|おしえる|ichidan|teach|taught
教える|おしえる|ichidan|tell|told
覚える|おぼえる|ichidan|remember|remembered
忘れる|わすれる|ichidan|forget|forgot
開ける|あける|ichidan|open|opened
閉める|しめる|ichidan|close|closed
始める|はじめる|ichidan|begin|began
始める|はじめる|ichidan|start|started
続ける|つづける|ichidan|continue|continued
借りる|かりる|ichidan|borrow|borrowed
見せる|みせる|ichidan|show|showed
あげる|あげる|ichidan|give|gave
もらう|もらう|godan|receive|received
知る|しる|godan|know|knew
分かる|わかる|godan|understand|understood|が
思う|おもう|godan|think|thought
考える|かんがえる|ichidan|consider|considered
信じる|しんじる|ichidan|believe|believed
着る|きる|ichidan|wear|wore
切る|きる|godan|cut|cut
乗る|のる|godan|ride|rode|に
降りる|おりる|ichidan|get off|got off
着く|つく|godan|arrive|arrived|に
曲がる|まがる|godan|turn|turned
止まる|とまる|godan|stop|stopped
払う|はらう|godan|pay|paid
送る|おくる|godan|send|sent
取る|とる|godan|take|took
撮る|とる|godan|photograph|photographed
置く|おく|godan|put|put
探す|さがす|godan|look for|looked for
探す|さがす|godan|search for|searched for
返す|かえす|godan|give back|gave back
手伝う|てつだう|godan|help|helped
歌う|うたう|godan|sing|sang
踊る|おどる|godan|dance|danced
笑う|わらう|godan|laugh|laughed
泣く|なく|godan|cry|cried
登る|のぼる|godan|climb|climbed|に
訪ねる|たずねる|ichidan|visit|visited
選ぶ|えらぶ|godan|choose|chose
頼む|たのむ|godan|order|ordered
焼く|やく|godan|bake|baked
焼く|やく|godan|grill|grilled
始まる|はじまる|godan|begin|began
終わる|おわる|godan|end|ended
終わる|おわる|godan|finish|finished
要る|いる|godan|need|needed|が
ある|ある|godan|exist|existed|が
いる|いる|ichidan|be there|was there|が
する|する|suru|do|did
する|する|suru|play a sport|played a sport
勉強する|べんきょうする|suru|study|studied
料理する|りょうりする|suru|cook|cooked
旅行する|りょこうする|suru|travel|travelled|に
旅行する|りょこうする|suru|travel|traveled|に
掃除する|そうじする|suru|clean|cleaned
洗濯する|せんたくする|suru|do the laundry|did the laundry
買い物する|かいものする|suru|go shopping|went shopping
買い物する|かいものする|suru|shop|shopped
散歩する|さんぽする|suru|take a walk|took a walk
電話する|でんわする|suru|phone|phoned|に
運転する|うんてんする|suru|drive|drove
練習する|れんしゅうする|suru|practise|practised
練習する|れんしゅうする|suru|practice|practiced
説明する|せつめいする|suru|explain|explained
予約する|よやくする|suru|book|booked
予約する|よやくする|suru|reserve|reserved
紹介する|しょうかいする|suru|introduce|introduced
質問する|しつもんする|suru|ask a question|asked a question
結婚する|けっこんする|suru|marry|married`;

export const verbs: readonly Verb[] = rowsOf(table).map(
  ([written = '', reading = '', group = '', english = '', past = '', particle = 'を']) => ({
    kind: 'verb',
    written,
    reading,
    group: group as VerbGroup,
    english,
    past,
    particle,
  }),
);
