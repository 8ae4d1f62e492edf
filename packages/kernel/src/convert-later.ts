import { undisturbed } from './stop-signal.ts';
import { tslabModule } from './tslab.ts';

/** What tslab asks of its compiler. */
type Question = 'convert' | 'inspect' | 'complete' | 'addModule';
type Converter = Record<Question, (...all: unknown[]) => unknown> & { close(): void };

/** Milliseconds without a question: Jupyter's server asks every 500 ms what kernel this is, until it has connected. */
const quiet = 800;

/**
 * Has the kernel answer Jupyter before its compiler has read Node's types, which takes longer than everything else
 * that it does to start. The compiler is made when Jupyter has connected, or for the first cell if that is sooner.
 *
 * @returns to be called when Jupyter asks what kernel this is
 */
export function convertLater(): () => void {
  const converters = tslabModule('tslab/dist/converter.js');
  const createConverter: (options: unknown) => Converter = converters.createConverter;
  let make: (() => Converter) | undefined;
  let timer: NodeJS.Timeout | undefined;

  converters.createConverter = (options: unknown): Converter => {
    let made: Converter | undefined;
    const converter = () => {
      made ??= undisturbed(() => createConverter(options));
      return made;
    };
    make = converter;
    return {
      convert: (...all) => undisturbed(() => converter().convert(...all)),
      inspect: (...all) => undisturbed(() => converter().inspect(...all)),
      complete: (...all) => undisturbed(() => converter().complete(...all)),
      addModule: (...all) => undisturbed(() => converter().addModule(...all)),
      close: () => made?.close(),
    };
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => make?.(), quiet);
  };
}
