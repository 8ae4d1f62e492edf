/** What stands between the tags in a prompt, in order: the inverse of `fence`. */
export function unfence(prompt: string, tag: string): string[] {
  const [, ...parts] = prompt.split(`<${tag}>`);
  return parts.map((part) => part.slice(0, part.indexOf(`</${tag}>`)));
}
