import { stemOf } from './stem.ts';

/**
 * Words that mean nearly the same, a line for each meaning. An embedding model has learnt thousands of these; the
 * stand-in knows only the ones written here, of everyday life, work and computing.
 */
const groups = `
car automobile vehicle auto
buy purchase acquire
cheap inexpensive affordable
expensive costly pricey
price cost fee charge
money cash funds
big large huge enormous giant
small little tiny
fast quick rapid swift speed
slow sluggish
begin start commence launch
end finish stop conclude terminate
doctor physician
ill sick unwell
medicine drug medication pill
hospital clinic
teacher instructor tutor
pupil student learner
lesson class course
school university college
teach instruct educate
learn study
child kid
dog puppy hound
cat kitten feline
house home residence
apartment flat
job work employment occupation
boss manager supervisor
employee worker staff
company firm business enterprise
meeting appointment conference
holiday vacation
journey trip travel voyage
flight plane airplane aircraft
train railway
road street
city town
meal food dish cuisine
dinner supper
restaurant diner eatery
drink beverage
cook bake prepare
sweet sugary
rain shower drizzle
weather climate forecast
cold chilly freezing
hot warm heat
happy glad joyful cheerful pleased
sad unhappy sorrowful
angry furious mad
afraid scared frightened
friend pal buddy
help assist support aid
answer reply respond response
ask inquire request
say tell speak talk
show display present
see look watch view
hear listen
think believe consider
remember recall
forget omit
find discover locate search
get obtain receive
give provide supply offer
send ship deliver dispatch
keep store save retain
delete remove erase discard
change modify alter update edit
make create build produce construct
fix repair mend
break damage destroy
error mistake bug fault failure
problem issue trouble difficulty
solution remedy
test check verify examine
use employ utilize
choose select pick
compare contrast
measure gauge
increase grow rise raise
decrease reduce lower drop fall shrink
important essential crucial vital key
difficult hard tough
easy simple straightforward
new recent modern latest
old ancient aged
beautiful pretty lovely gorgeous
smart clever intelligent bright
strong powerful
weak feeble
safe secure protected
danger risk hazard
password passphrase credentials
computer machine laptop
program software application app
code source
file document
picture image photo photograph
film movie
book novel
song music tune melody
message mail email letter
phone telephone mobile
user customer client
answer reply
limit maximum cap
memory recollection
database storage
server backend host
cloud aws
invoice bill receipt
pay settle payment
refund reimburse reimbursement
contract agreement
law legal
garden yard
tree plant
flower blossom bloom
water liquid
river stream
sea ocean
mountain hill peak
sun solar
moon lunar
star stellar
planet world earth
win victory triumph
lose defeat loss
game match
run jog sprint
walk stroll hike
sleep nap rest
morning dawn
evening night
quiet silent
loud noisy
clean wash tidy
dirty filthy
language tongue
word term vocabulary
grammar syntax
verb predicate
particle postposition
sentence phrase
polite formal courteous
casual informal
`;

const concepts = new Map(
  groups
    .trim()
    .split('\n')
    .flatMap((line) => {
      const words = line.split(' ');
      return words.map((word) => [stemOf(word), words[0] ?? ''] as const);
    }),
);

/** The meaning that a word's stem shares with its synonyms; `undefined` for a word without any here. Pure. */
export function conceptOf(stem: string): string | undefined {
  return concepts.get(stem);
}
