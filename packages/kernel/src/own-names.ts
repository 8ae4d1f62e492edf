/** What the code of cells calls the holders of the notebook's variables; by the name of the variable. */
const holders = new Map<string, string>();

/** Remembers that the code of a cell reaches a variable as `holder.name`. */
export function nameHolder(holder: string, name: string): void {
  holders.set(holder, name);
}

/** `$f.f`, and the same as it is called: `(0 , $f.f)`. */
const held =
  /\(0 ?, (?<called>[$\p{ID_Continue}]+)\.[$\p{ID_Continue}]+\)|(?<holder>\$[$\p{ID_Continue}]*)\.(?<name>[$\p{ID_Continue}]+)/gu;

/** Has an error of V8's own, such as "$f.f is not a function", name what is written in the cell. */
export function nameAsWritten(error: unknown): void {
  try {
    rename(error);
  } catch {
    // What throws when it is looked at is no error of V8's.
  }
}

function rename(error: unknown): void {
  if (!(error instanceof TypeError) || !error.message.includes('$')) return;
  const message = error.message.replace(held, (whole, called?: string, holder?: string, name?: string) => {
    const written = holders.get(called ?? holder ?? '');
    return written !== undefined && (called !== undefined || written === name) ? written : whole;
  });
  if (message !== error.message) Object.defineProperty(error, 'message', { value: message });
}
