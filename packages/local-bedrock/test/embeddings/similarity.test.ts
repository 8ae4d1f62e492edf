import { describe, expect, it } from 'vitest';
import fc from '../../../../test/properties.ts';
import { featuresOf, stemOf } from '../../src/embeddings/features.ts';
import { embedText } from '../../src/embeddings/vector.ts';

/** A note, the same said otherwise, and a question that it answers. */
const notes: readonly (readonly [string, string, string])[] = [
  [
    'Refunds are paid within 14 days after we receive the returned item.',
    'Once the item you returned has arrived, your refund is paid in two weeks.',
    'When do I get my money back for a returned item?',
  ],
  [
    'The office is closed on public holidays and on Sundays.',
    'On Sundays and public holidays nobody works in the office.',
    'Is the office open on a Sunday?',
  ],
  [
    'Passwords must have at least twelve characters.',
    'A password needs twelve characters or more.',
    'How long does my password have to be?',
  ],
  [
    'The cat sleeps on the warm roof all afternoon.',
    'All afternoon a kitten naps on the hot roof.',
    'Where does the cat sleep?',
  ],
  [
    'Our doctor sees patients in the morning without an appointment.',
    'Without an appointment, patients can see the physician in the mornings.',
    'Do I need an appointment to see a doctor?',
  ],
  [
    'Water boils at 100 degrees Celsius at sea level.',
    'At sea level the boiling point of water is 100 degrees Celsius.',
    'At how many degrees does water boil?',
  ],
  [
    'The train to Kyoto leaves from platform four at nine.',
    'At nine o’clock the Kyoto train departs from platform four.',
    'Which platform does the train to Kyoto leave from?',
  ],
  [
    'Bread dough has to rest for one hour before it is baked.',
    'Before baking, let the dough of the bread rest an hour.',
    'How long does the dough rest?',
  ],
  [
    'The contract can be ended by either side with three months’ notice.',
    'Either side may terminate the contract with a notice of three months.',
    'What is the notice to end the contract?',
  ],
  [
    'Employees get thirty days of vacation a year.',
    'Each year staff have thirty days of holiday.',
    'How many vacation days do employees get?',
  ],
  [
    'The server is restarted every night at three.',
    'Each night at three o’clock the server restarts.',
    'When is the server restarted?',
  ],
  [
    'Invoices are sent by email on the first day of the month.',
    'On the first of each month we email the invoices.',
    'On which day are invoices sent?',
  ],
  [
    'The garden needs water twice a week in summer.',
    'In summer, water the garden two times each week.',
    'How often does the garden need water?',
  ],
  [
    'Particles mark the role of a word in a Japanese sentence.',
    'In a Japanese sentence the role of each word is marked by a particle.',
    'What do particles do in Japanese?',
  ],
  [
    'The verb stands at the end of a Japanese sentence.',
    'Japanese sentences end with their verb.',
    'Where does the verb stand in a Japanese sentence?',
  ],
  [
    'Titan was retired, and Nova takes its place.',
    'Nova replaces Titan, which has been retired.',
    'What replaces Titan?',
  ],
  [
    'A longer conversation costs more tokens with every turn.',
    'With each turn a conversation that grows costs more tokens.',
    'Why does a long conversation cost more tokens?',
  ],
  [
    'Children under six travel free on all buses.',
    'On every bus, kids younger than six ride for free.',
    'Do children pay on the bus?',
  ],
  [
    'The museum shows paintings by Dutch masters.',
    'Paintings of Dutch masters are on display in the museum.',
    'Whose paintings does the museum show?',
  ],
  [
    'Please report a broken lamp to the janitor.',
    'If a lamp is broken, tell the janitor.',
    'Whom do I tell about a broken lamp?',
  ],
  [
    'The river floods the lower meadow every spring.',
    'Every spring the lower meadow is flooded by the river.',
    'When does the river flood the meadow?',
  ],
  [
    'Backups are kept for ninety days and then deleted.',
    'After ninety days, stored backups are removed.',
    'How long are backups kept?',
  ],
  [
    'The lift carries at most eight people.',
    'No more than eight people may use the lift.',
    'How many people fit in the lift?',
  ],
  [
    'Honey keeps for years when it is sealed.',
    'Sealed honey can be kept for years.',
    'How long does honey keep?',
  ],
  [
    'The lighthouse was built in 1871 from white stone.',
    'Built of white stone, the lighthouse dates from 1871.',
    'When was the lighthouse built?',
  ],
  [
    'Bees find their way home by the position of the sun.',
    'The sun’s position shows bees the way home.',
    'How do bees find their way home?',
  ],
  [
    'Our library lends films for one week.',
    'Films may be borrowed from the library for a week.',
    'How long can I keep a film from the library?',
  ],
  [
    'The soup is thickened with potatoes instead of cream.',
    'Instead of cream, potatoes thicken the soup.',
    'What thickens the soup?',
  ],
  [
    'Snow closes the mountain pass from November to April.',
    'From November to April the mountain pass is shut by snow.',
    'When is the mountain pass closed?',
  ],
  [
    'The choir rehearses on Tuesday evenings in the chapel.',
    'Rehearsals of the choir are in the chapel on Tuesday evenings.',
    'When does the choir rehearse?',
  ],
];

const model = 'amazon.titan-embed-text-v2:0';

function cosine(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

/** The index of the note that lies nearest to the text. */
function nearest(text: string, dimensions: number): number {
  const vector = embedText(text, model, dimensions);
  const near = notes.map(([note]) => cosine(vector, embedText(note, model, dimensions)));
  return near.indexOf(Math.max(...near));
}

describe('the vectors of the endpoint', () => {
  it.each([256, 1_024])('put a note said otherwise nearest to itself, in %i dimensions', (dimensions) => {
    const found = notes.map(([, paraphrase]) => nearest(paraphrase, dimensions));
    expect(found).toEqual(notes.map((_, index) => index));
  });

  it('put a question nearest to the note that answers it', () => {
    const found = notes.map(([, , question]) => nearest(question, 1_024));
    expect(found).toEqual(notes.map((_, index) => index));
  });

  it('tell what is alike from what is not by a wide margin', () => {
    const vectors = notes.map((texts) => texts.map((text) => embedText(text, model, 1_024)));
    const alike = vectors.map(([note, paraphrase]) => (note && paraphrase ? cosine(note, paraphrase) : 0));
    const different = vectors.flatMap(([note], index) =>
      vectors.slice(index + 1).map(([other]) => (note && other ? cosine(note, other) : 1)),
    );
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(alike)).toBeGreaterThan(0.45);
    expect(mean(different)).toBeLessThan(0.1);
  });

  it('know synonyms and word forms', () => {
    const near = (a: string, b: string) => cosine(embedText(a, model, 1_024), embedText(b, model, 1_024));
    expect(near('buy a car', 'purchased automobiles')).toBeGreaterThan(near('buy a car', 'bury a cat'));
    expect(near('The children ran home', 'A child is running home')).toBeGreaterThan(0.3);
    const misspelt = near('the begining of the mountian pass', 'the beginning of the mountain pass');
    expect(misspelt).toBeGreaterThan(0.35);
    expect(near('the begining of the mountian', 'the beginning of the mountain')).toBeGreaterThan(0.15);
  });

  it('compare Japanese by its characters', () => {
    const near = (a: string, b: string) => cosine(embedText(a, model, 1_024), embedText(b, model, 1_024));
    expect(near('猫は屋根で寝ています。', '猫が屋根の上で寝ている')).toBeGreaterThan(0.4);
    expect(near('猫は屋根で寝ています。', '電車は九時に出発します。')).toBeLessThan(0.3);
  });

  it('are of length 1, the same for the same text, and others for another model', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
        const vector = embedText(text, model, 256);
        expect(cosine(vector, vector)).toBeCloseTo(1, 5);
        expect(embedText(text, model, 256)).toEqual(vector);
        expect(embedText(text, 'amazon.titan-embed-text-v1', 256)).not.toEqual(vector);
      }),
      { numRuns: 50 },
    );
  });

  it('point the same way in fewer dimensions', () => {
    const long = embedText('The lift carries at most eight people.', model, 1_024).slice(0, 256);
    const short = embedText('The lift carries at most eight people.', model, 256);
    expect(cosine(long, short) / Math.sqrt(cosine(long, long))).toBeCloseTo(1, 5);
  });
});

describe('featuresOf', () => {
  it('counts a word that comes often less than as often', () => {
    const once = featuresOf('tokens').get('stem token') ?? 0;
    const often = featuresOf('tokens tokens tokens tokens').get('stem token') ?? 0;
    expect(often).toBeGreaterThan(once);
    expect(often).toBeLessThan(4 * once);
  });

  it('hardly counts words that only build the sentence', () => {
    const features = featuresOf('the lift');
    expect(features.get('word the')).toBeLessThan((features.get('word lift') ?? 0) / 4);
  });
});

describe('stemOf', () => {
  it.each([
    [['save', 'saves', 'saved', 'saving']],
    [['run', 'runs', 'running', 'ran']],
    [['pay', 'paid', 'pays', 'payment']],
    [['city', 'cities']],
    [['teach', 'taught', 'teaching']],
  ])('%j share a stem', (words) => {
    expect(new Set(words.map(stemOf)).size).toBe(1);
  });

  it('leaves short words and other scripts alone', () => {
    expect(['bus', 'glass', 'is', '猫', 'größe'].map(stemOf)).toEqual(['bus', 'glass', 'is', '猫', 'größ']);
  });
});
