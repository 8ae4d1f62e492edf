/** The input of a tool call as a person is to read it: the server has made visible what could not be seen. */

const longText = 600;

/**
 * JSON in lines, each text by itself, so that no letter moves what stands beside it. A text that is long is cut in the
 * middle, with a `mark` that says how much is not shown; all members are there, with their whole names.
 *
 * @param {string} json
 * @param {boolean} [isWhole] nothing is cut
 * @returns {(Node | string)[]}
 */
export function inputParts(json, isWhole = false) {
  const parts = json.split(/("(?:[^"\\]|\\.)*")/);
  return parts.map((part, index) => {
    if (index % 2 === 0) return part;
    const text = document.createElement('bdi');
    const isName = parts[index + 1]?.startsWith(':');
    if (isWhole || isName || part.length <= longText) text.append(part);
    else {
      const [begin, end] = [part.slice(0, longText / 2), part.slice(-longText / 3)];
      text.append(begin, cut(`${part.length - begin.length - end.length} of ${part.length} characters`), end);
    }
    return text;
  });
}

/** @param {string} what */
function cut(what) {
  const mark = document.createElement('mark');
  mark.textContent = ` … ${what} not shown … `;
  return mark;
}
