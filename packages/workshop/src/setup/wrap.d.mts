/** The lines of one paragraph, broken at spaces; a word that is longer than a line stays whole. */
export function wrap(text: string, width: number): string[];

/** A message as it is to be shown: on a terminal its sentences are wrapped, and indented lines stay as they are. */
export function fitMessage(message: string, stream?: { isTTY?: boolean; columns?: number }): string;
