/** Text that fits a terminal. */

/**
 * The lines of one paragraph, broken at spaces; a word that is longer than a line stays whole.
 *
 * @param {string} text
 * @param {number} width in characters
 */
export function wrap(text, width) {
  const lines = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/**
 * A message as it is to be shown: on a terminal its sentences are wrapped. Indented lines are quoted from another
 * program and stay as they are.
 *
 * @param {string} message
 * @param {{ isTTY?: boolean, columns?: number }} [stream]
 */
export function fitMessage(message, stream = process.stderr) {
  if (!stream.isTTY) return message;
  const width = (stream.columns || 80) - 1;
  const fit = (line) => (line.startsWith(' ') ? line : wrap(line, width).join('\n'));
  return message.split('\n').map(fit).join('\n');
}
