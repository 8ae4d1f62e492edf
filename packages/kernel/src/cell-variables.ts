/** What holds one variable of the notebook: an object with one property, of the variable's name. */
export type Holder = Record<string, unknown>;

/** The variables of a notebook. A name is one variable, whichever cells declare, change and use it. */
export interface Variables {
  /** What holds the variable, which need not have a value yet. */
  holder(name: string): Holder;
  /** Whether a cell has given it a value. */
  has(name: string): boolean;
  /** By name, as far as they have values. */
  readonly locals: Record<string, unknown>;
}

export function createVariables(): Variables {
  const holders = new Map<string, Holder>();
  const has = (name: string) => Object.hasOwn(holders.get(name) ?? {}, name);

  return {
    has,
    holder(name) {
      let holder = holders.get(name);
      if (holder === undefined) {
        holder = createHolder();
        holders.set(name, holder);
      }
      return holder;
    },
    get locals() {
      const named = [...holders].filter(([name]) => has(name));
      return Object.fromEntries(named.map(([name, holder]) => [name, holder[name]]));
    },
  };
}

/**
 * Each of a class of its own: what V8 knows of the property, such as that it holds numbers, it knows by class. Without
 * that a loop which counts in a variable makes an object for each number.
 */
function createHolder(): Holder {
  return new (class {})() as Holder;
}
