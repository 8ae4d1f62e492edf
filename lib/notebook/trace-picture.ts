import type { AgentResult } from '../agent/agent-result.ts';
import { checkInput } from '../base/check-input.ts';
import { escapeHtml } from '../base/escape-html.ts';
import { displayHtml } from './display.ts';
import { pictureColours, pictureHtml, themeStyle } from './picture.ts';

/** One box of the picture. */
interface Box {
  readonly kind: 'model' | 'tool' | 'error' | 'end';
  readonly title: string;
  readonly text: string;
}

const width = 720;
const boxHeight = 46;
const gap = 14;
const [model, error, tool, end] = pictureColours;
const colours = { model, tool, error, end } as const;

/**
 * What a run has done, as a picture: an answer of the model in a box, the tools it called indented below. The same
 * steps give the same bytes: it shows no times and no ids. Pure.
 */
export function traceSvg(result: AgentResult): string {
  const boxes = boxesOf(result);
  const height = boxes.length * (boxHeight + gap) + gap;
  const drawn = boxes.map((box, index) => drawBox(box, gap + index * (boxHeight + gap)));
  const label = escapeHtml(titlesOf(boxes));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}" font-family="sans-serif" style="color:var(--ink);background:var(--paper)">${themeStyle}\n${drawn.join('\n')}\n</svg>`;
}

/** The same in lines of text. Pure. */
export function traceText(result: AgentResult): string {
  return boxesOf(result)
    .map(({ kind, title, text }) => `${kind === 'tool' || kind === 'error' ? '  ' : ''}${title}: ${text}`)
    .join('\n');
}

/** Shows the picture under the cell; outside a notebook it prints the lines. */
export function showTrace(result: AgentResult): void {
  displayHtml(pictureHtml(traceSvg(result), titlesOf(boxesOf(result))), traceText(result));
}

function titlesOf(boxes: readonly Box[]): string {
  return boxes.map(({ title }) => title).join('; ');
}

function boxesOf(result: AgentResult): Box[] {
  checkInput('showTrace', { result }, { result: 'object' });
  checkInput('showTrace', { 'result.steps': result.steps }, { 'result.steps': 'objects' });
  const steps = result.steps.flatMap(({ number, text, tools, stopReason }): Box[] => [
    { kind: 'model', title: `Step ${number}, model (${stopReason})`, text: line(text) },
    ...tools.map((tool): Box => {
      const title = `${tool.name}(${clip(JSON.stringify(tool.input) ?? '', 60)})`;
      const isError = tool.status === 'error';
      return {
        kind: isError ? 'error' : 'tool',
        title: isError ? `${title} ${tool.failure}` : title,
        text: line(tool.text),
      };
    }),
  ]);
  return [...steps, endOf(result)];
}

function endOf(result: AgentResult): Box {
  if (result.outcome === 'answered') return { kind: 'end', title: 'Answered', text: line(result.text) };
  if (result.outcome === 'unfinished')
    return { kind: 'error', title: `Unfinished: ${result.stopReason}`, text: line(result.explanation) };
  if (result.outcome === 'limit')
    return { kind: 'error', title: `Limit: ${result.limit}`, text: line(result.explanation) };
  if (result.outcome === 'waiting')
    return { kind: 'end', title: 'Waiting for a decision', text: line(result.explanation) };
  return { kind: 'error', title: `Blocked: ${result.by}`, text: line(result.objection.reason) };
}

function drawBox({ kind, title, text }: Box, top: number): string {
  const left = kind === 'tool' || kind === 'error' ? 48 : 12;
  const colour = colours[kind];
  return [
    `<rect x="${left}" y="${top}" width="${width - left - 12}" height="${boxHeight}" rx="6" fill="${colour}" fill-opacity="0.08" stroke="${colour}"/>`,
    `<text x="${left + 10}" y="${top + 18}" font-size="13" font-weight="600" fill="currentColor">${escapeHtml(title)}</text>`,
    `<text x="${left + 10}" y="${top + 36}" font-size="12" fill="currentColor">${escapeHtml(text)}</text>`,
  ].join('\n');
}

function line(text: string): string {
  const plain = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return plain === '' ? '(no words)' : clip(plain, 96);
}

function clip(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}
