/** The input of a tool call as a person is to read it: the server has made visible what could not be seen. */

const longText = 600;
const manyLines = 80;

/**
 * JSON in lines, each text by itself, so that no letter moves what stands beside it. What is long is cut in the middle,
 * and says how much is not shown.
 *
 * @param {string} json
 * @param {boolean} [isWhole] nothing is cut
 */
export function inputParts(json, isWhole = false) {
  const lines = json.split('\n');
  const isCut = !isWhole && lines.length > manyLines;
  const shown = isCut ? [lines.slice(0, manyLines / 2), lines.slice(-manyLines / 4)] : [lines];
  const [first = [], last] = shown.map((some) => partsOf(some.join('\n'), isWhole));
  const between = isCut ? ['\n', cut(`${lines.length - (manyLines * 3) / 4} lines`), '\n'] : [];
  return [...first, ...between, ...(last ?? [])];
}

/** @type {(json: string, isWhole: boolean) => (Node | string)[]} */
function partsOf(json, isWhole) {
  return json.split(/("(?:[^"\\]|\\.)*")/).map((part, index) => {
    if (index % 2 === 0) return part;
    const text = document.createElement('bdi');
    if (isWhole || part.length <= longText) text.append(part);
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
