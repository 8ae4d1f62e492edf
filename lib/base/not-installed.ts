import { LibError } from './errors.ts';

/**
 * What becomes of an optional package that cannot be loaded: `import('zod').catch(notInstalled('zod', 'Such a schema'))`.
 * The `catch` stands right behind the `import`, because bundlers then leave out a package that is not there.
 *
 * @param names of the packages to install, divided by spaces
 * @param purpose what needs them, as the beginning of a sentence
 */
export function notInstalled(names: string, purpose: string): (cause: unknown) => never {
  return (cause) => {
    const several = names.includes(' ') ? 'packages' : 'package';
    throw new LibError(`${purpose} needs the ${several} ${names}, which cannot be loaded here`, {
      kind: 'file',
      hint: `Install what is missing: npm install ${names}`,
      cause,
    });
  };
}
