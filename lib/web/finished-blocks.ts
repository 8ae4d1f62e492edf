/** Cuts text that comes in pieces where a block of Markdown has ended, so that it can be shown as what it is. */
export interface FinishedBlocks {
  /** Takes the next piece, and gives the blocks that have ended with it; empty when none has. */
  add(piece: string): string;
  /** Gives what is left, finished or not, and begins anew. */
  rest(): string;
}

/** A block ends at a blank line that is not inside of a fence. */
export function createFinishedBlocks(): FinishedBlocks {
  let waiting = '';
  return {
    add(piece) {
      waiting += piece;
      if (!piece.includes('\n')) return '';
      const end = endOfBlocks(waiting);
      const finished = waiting.slice(0, end);
      waiting = waiting.slice(end);
      return finished;
    },
    rest() {
      const left = waiting;
      waiting = '';
      return left;
    },
  };
}

/** Where the last finished block of a text ends. Pure. */
function endOfBlocks(text: string): number {
  let end = 0;
  let place = 0;
  let fence: string | undefined;
  for (const line of text.split(/(?<=\n)/)) {
    place += line.length;
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === undefined) fence = mark;
    else if (mark?.startsWith(fence) && line.trim() === mark) fence = undefined;
    if (fence === undefined && line.endsWith('\n') && line.trim() === '') end = place;
  }
  return end;
}
