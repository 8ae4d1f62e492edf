import {
  actionOn,
  type ContentCategory,
  type ContentFilterConfig,
  type Source,
  type Strength,
} from './policies.ts';

/**
 * Signs of each kind of harm. A crude stand-in for AWS's classifiers: enough to show what a filter does, and no measure
 * of what one catches.
 */
const signs: Readonly<Record<ContentCategory, readonly RegExp[]>> = {
  HATE: [
    /\bhate (all|every|those|these) \w+/i,
    /\b(inferior|subhuman) (race|people|religion)/i,
    /\bgo back to your country\b/i,
  ],
  INSULTS: [
    /\b(idiots?|morons?|imbeciles?|losers?|stupid|dumb|pathetic|worthless)\b/i,
    /\b(shut up|you suck)\b/i,
  ],
  MISCONDUCT: [
    /\b(steal|rob|shoplift|counterfeit|forge|launder)\b/i,
    /\b(hack|break) into\b/i,
    /\b(phishing|malware|ransomware|keylogger)\b/i,
    /\bpick (a|the) lock\b/i,
  ],
  PROMPT_ATTACK: [
    /\b(ignore|disregard|forget|override) ((all|any|every|the|your|my|these|those|of|previous|prior|above|earlier) )*(instructions?|rules|prompts?|guidelines|directions)\b/i,
    /\b(reveal|print|show|repeat|output) (me )?(your|the) (\w+ )?(system prompt|hidden instructions|initial instructions)\b/i,
    /\b(you are|act as|pretend to be) (now )?(dan|in developer mode|unrestricted|jailbroken)\b/i,
    /\b(jailbreak|developer mode)\b/i,
    /\bpretend (that )?you have no (rules|restrictions|limits)\b/i,
  ],
  SEXUAL: [/\b(porn(ographic|ography)?|nudes?|erotic|sexually explicit)\b/i, /\bsex (scene|story|chat)\b/i],
  VIOLENCE: [
    /\b(kill|murder|stab|strangle|torture|behead)\b/i,
    /\b(build|make|plant) (a|the) (pipe )?bombs?\b/i,
    /\bshoot (him|her|them|people|someone|everyone)\b/i,
  ],
};

const ranks: Readonly<Record<Strength, number>> = { NONE: 0, LOW: 1, MEDIUM: 2, HIGH: 3 };

/** The kinds of harm that a text shows signs of. A filter of strength HIGH blocks at any sign, LOW only at clear ones. */
export function contentFindings(filters: readonly ContentFilterConfig[], text: string, source: Source) {
  return filters.flatMap((filter) => {
    const strength = source === 'INPUT' ? filter.inputStrength : filter.outputStrength;
    const action = actionOn(filter, source, 'BLOCK' as const);
    const confidence = confidenceOf(filter.type, text);
    // A filter blocks what it is sure enough of: 1 + 3 for HIGH, 2 + 2 for MEDIUM, 3 + 1 for LOW.
    if (action === undefined || strength === 'NONE' || ranks[confidence] + ranks[strength] < 4) return [];
    return [
      {
        action: action === 'BLOCK' ? 'BLOCKED' : 'NONE',
        confidence,
        detected: true,
        filterStrength: strength,
        type: filter.type,
      } as const,
    ];
  });
}

/** One sign is MEDIUM, several are HIGH; an attack on the prompt is always plain. */
function confidenceOf(type: ContentCategory, text: string): Strength {
  const seen = signs[type].filter((sign) => sign.test(text)).length;
  if (seen === 0) return 'NONE';
  return seen > 1 || type === 'PROMPT_ATTACK' ? 'HIGH' : 'MEDIUM';
}
