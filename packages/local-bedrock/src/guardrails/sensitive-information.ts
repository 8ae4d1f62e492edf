import { matchInTime } from './match-in-time.ts';
import { actionOn, type GuardrailPolicies, type SensitiveAction, type Source } from './policies.ts';

type Policy = NonNullable<GuardrailPolicies['sensitiveInformationPolicyConfig']>;

const actionNames = { ANONYMIZE: 'ANONYMIZED', BLOCK: 'BLOCKED', NONE: 'NONE' } as const;

/** The personal information and the guardrail's own patterns in a text, and the text with the masked ones replaced. */
export function sensitiveFindings(
  { piiEntitiesConfig = [], regexesConfig = [] }: Policy,
  text: string,
  source: Source,
) {
  let masked = text;
  const find = (
    findIn: (text: string) => readonly string[],
    label: string,
    action: SensitiveAction,
    isReal?: (match: string) => boolean,
  ) => {
    const realIn = (read: string) =>
      findIn(read).filter((match) => match !== '' && (isReal?.(match) ?? true));
    const found = realIn(text);
    const matches = [...new Set(found)];
    if (action === 'ANONYMIZE') {
      masked = replaced(masked, masked === text ? found : realIn(masked), `{${label}}`);
    }
    return matches.map((match) => ({ action: actionNames[action], detected: true, match }));
  };
  const piiEntities = piiEntitiesConfig.flatMap((rule) => {
    const action = actionOn(rule, source, rule.action);
    const known = piiPatterns[rule.type];
    if (action === undefined || known === undefined) return [];
    const findIn = (read: string) => read.match(known.pattern) ?? [];
    return find(findIn, rule.type, action, known.isReal).map((finding) => ({ ...finding, type: rule.type }));
  });
  const regexes = regexesConfig.flatMap((rule) => {
    const action = actionOn(rule, source, rule.action);
    if (action === undefined) return [];
    return find((read) => matchInTime(rule.pattern, read, rule.name), rule.name, action).map((finding) => ({
      ...finding,
      name: rule.name,
      regex: rule.pattern,
    }));
  });
  return { piiEntities, regexes, masked };
}

/** The text with its matches, given in their order, replaced: in one walk, however many they are. */
function replaced(text: string, matches: readonly string[], by: string): string {
  const parts: string[] = [];
  let from = 0;
  for (const match of matches) {
    const at = text.indexOf(match, from);
    parts.push(text.slice(from, at), by);
    from = at + match.length;
  }
  return parts.join('') + text.slice(from);
}

/**
 * The kinds of personal information that have a form by which they can be told. Names, addresses, ages and the like have
 * none: finding them takes a model, and the endpoint refuses a guardrail that asks for them rather than missing them.
 */
export const piiPatterns: Readonly<
  Record<string, { readonly pattern: RegExp; readonly isReal?: (match: string) => boolean }>
> = {
  AWS_ACCESS_KEY: { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  CREDIT_DEBIT_CARD_NUMBER: { pattern: /\b\d(?:[ -]?\d){12,18}\b/g, isReal: passesLuhn },
  EMAIL: { pattern: /(?<![\w.%+-])[\w.%+-]+@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}\b/gi },
  INTERNATIONAL_BANK_ACCOUNT_NUMBER: {
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b/g,
    isReal: isIban,
  },
  IP_ADDRESS: { pattern: /\b(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)\b/g },
  MAC_ADDRESS: { pattern: /\b[\da-f]{2}(?:[:-][\da-f]{2}){5}\b/gi },
  PHONE: {
    pattern:
      /(?<![\d.-])(?:\+\d{1,3}[ .-]?)?(?:\(\d{2,4}\)[ .-]?|\d{2,4}[ .-])\d{3,4}[ .-]?\d{3,4}(?![\d-])/g,
    isReal: isPhone,
  },
  URL: { pattern: /\bhttps?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?]/gi },
  US_SOCIAL_SECURITY_NUMBER: { pattern: /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/g },
};

/** The checksum that every payment card's number has. */
function passesLuhn(match: string): boolean {
  const digits = match.replaceAll(/\D/g, '').split('').reverse().map(Number);
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

/** The checksum of ISO 13616: the number that its letters and digits make is 1 more than a multiple of 97. */
function isIban(match: string): boolean {
  const text = match.replaceAll(' ', '');
  const digits = (text.slice(4) + text.slice(0, 4)).replaceAll(/[A-Z]/g, (letter) =>
    String(letter.charCodeAt(0) - 55),
  );
  let rest = 0;
  for (const digit of digits) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** Between 7 and 15 digits (E.164), and no day of a calendar. */
function isPhone(match: string): boolean {
  const digits = match.replaceAll(/\D/g, '').length;
  return digits >= 7 && digits <= 15 && !/^\d{4}-\d{2}-\d{2}/.test(match);
}
