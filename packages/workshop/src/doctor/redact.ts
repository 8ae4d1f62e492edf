import { homedir } from 'node:os';

/** Variables whose values nobody else may see. */
const secrets = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_BEARER_TOKEN_BEDROCK',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
];
/** A shorter value is a placeholder, and would be found in words. */
const shortestSecret = 8;

/** The text without account ids, access keys, secrets, passwords in addresses, names of IAM users and the home folder. */
export function redact(text: string, env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  let result = text;
  for (const value of secrets.map((name) => env[name] ?? '')) {
    if (value.length >= shortestSecret) result = result.replaceAll(value, '<secret>');
  }
  if (home.length > 1) result = result.replaceAll(home, '~');
  return result
    .replace(/(?<![\w.-])(?:A[KS]IA|ABSK)[\w+/=-]{8,}/g, '<key>')
    .replace(/(?<=:\/\/)[^\s/@]+@/g, '<password>@')
    .replace(/(?<=:(?:user|role|assumed-role|federated-user)\/)[^\s"]+/g, '<name>')
    .replace(/(?<!\d)\d{12}(?!\d)/g, '<account>');
}
