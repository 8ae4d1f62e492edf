/** A city: where it is and what its clocks follow. */
export interface City {
  readonly name: string;
  readonly country: string;
  /** IANA time zone. */
  readonly timeZone: string;
}

const cityTable = `
Toronto|Canada|America/Toronto
Ottawa|Canada|America/Toronto
Montreal|Canada|America/Toronto
Vancouver|Canada|America/Vancouver
Calgary|Canada|America/Edmonton
New York|United States|America/New_York
Boston|United States|America/New_York
Washington|United States|America/New_York
Miami|United States|America/New_York
Chicago|United States|America/Chicago
Denver|United States|America/Denver
Seattle|United States|America/Los_Angeles
San Francisco|United States|America/Los_Angeles
Los Angeles|United States|America/Los_Angeles
Mexico City|Mexico|America/Mexico_City
Lima|Peru|America/Lima
Bogota|Colombia|America/Bogota
Santiago|Chile|America/Santiago
Buenos Aires|Argentina|America/Argentina/Buenos_Aires
São Paulo|Brazil|America/Sao_Paulo
Rio de Janeiro|Brazil|America/Sao_Paulo
London|United Kingdom|Europe/London
Edinburgh|United Kingdom|Europe/London
Manchester|United Kingdom|Europe/London
Dublin|Ireland|Europe/Dublin
Lisbon|Portugal|Europe/Lisbon
Porto|Portugal|Europe/Lisbon
Madrid|Spain|Europe/Madrid
Barcelona|Spain|Europe/Madrid
Paris|France|Europe/Paris
Lyon|France|Europe/Paris
Marseille|France|Europe/Paris
Brussels|Belgium|Europe/Brussels
Amsterdam|Netherlands|Europe/Amsterdam
Berlin|Germany|Europe/Berlin
Hamburg|Germany|Europe/Berlin
Munich|Germany|Europe/Berlin
Frankfurt|Germany|Europe/Berlin
Cologne|Germany|Europe/Berlin
Zurich|Switzerland|Europe/Zurich
Geneva|Switzerland|Europe/Zurich
Vienna|Austria|Europe/Vienna
Prague|Czechia|Europe/Prague
Warsaw|Poland|Europe/Warsaw
Krakow|Poland|Europe/Warsaw
Budapest|Hungary|Europe/Budapest
Rome|Italy|Europe/Rome
Milan|Italy|Europe/Rome
Venice|Italy|Europe/Rome
Athens|Greece|Europe/Athens
Istanbul|Turkey|Europe/Istanbul
Copenhagen|Denmark|Europe/Copenhagen
Oslo|Norway|Europe/Oslo
Stockholm|Sweden|Europe/Stockholm
Helsinki|Finland|Europe/Helsinki
Reykjavik|Iceland|Atlantic/Reykjavik
Kyiv|Ukraine|Europe/Kyiv
Moscow|Russia|Europe/Moscow
Cairo|Egypt|Africa/Cairo
Nairobi|Kenya|Africa/Nairobi
Lagos|Nigeria|Africa/Lagos
Cape Town|South Africa|Africa/Johannesburg
Johannesburg|South Africa|Africa/Johannesburg
Tel Aviv|Israel|Asia/Jerusalem
Dubai|United Arab Emirates|Asia/Dubai
Mumbai|India|Asia/Kolkata
Delhi|India|Asia/Kolkata
Bangalore|India|Asia/Kolkata
Bangkok|Thailand|Asia/Bangkok
Hanoi|Vietnam|Asia/Ho_Chi_Minh
Jakarta|Indonesia|Asia/Jakarta
Manila|Philippines|Asia/Manila
Singapore|Singapore|Asia/Singapore
Hong Kong|China|Asia/Hong_Kong
Shanghai|China|Asia/Shanghai
Beijing|China|Asia/Shanghai
Taipei|Taiwan|Asia/Taipei
Seoul|South Korea|Asia/Seoul
Tokyo|Japan|Asia/Tokyo
Kyoto|Japan|Asia/Tokyo
Osaka|Japan|Asia/Tokyo
Nara|Japan|Asia/Tokyo
Sapporo|Japan|Asia/Tokyo
Hiroshima|Japan|Asia/Tokyo
Fukuoka|Japan|Asia/Tokyo
Sydney|Australia|Australia/Sydney
Melbourne|Australia|Australia/Melbourne
Perth|Australia|Australia/Perth
Auckland|New Zealand|Pacific/Auckland
Wellington|New Zealand|Pacific/Auckland`;

export const cities: readonly City[] = cityTable
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', country = '', timeZone = ''] = line.split('|');
    return { name, country, timeZone };
  });

export const countries: readonly string[] = [...new Set(cities.map(({ country }) => country))];

const cityOf = new Map(cities.map((city) => [city.name.toLowerCase(), city]));

/** The city of that name, whatever its case; `undefined` when it is not among those known here. */
export function findCity(name: string): City | undefined {
  return cityOf.get(name.trim().toLowerCase());
}

/** The names of a list that stand in a text as words, in the order they stand there, each once. Pure. */
export function namesIn(text: string, names: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return names
    .map((name) => ({ name, at: indexOfWord(lower, name.toLowerCase()) }))
    .filter(({ at }) => at >= 0)
    .sort((one, other) => one.at - other.at)
    .map(({ name }) => name);
}

function indexOfWord(text: string, word: string): number {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + word.length] ?? ' ';
    if (!/[\p{L}\p{N}]/u.test(before) && !/[\p{L}\p{N}]/u.test(after)) return at;
  }
  return -1;
}
