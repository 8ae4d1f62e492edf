/**
 * JSON of which no number becomes another one in silence.
 *
 * @param read makes the value of a number's text; `numberOf` does where it can
 * @throws SyntaxError when it is not JSON
 */
export function parseJson(text: string, read: (source: string) => unknown): unknown {
  const revive = (_name: string, value: unknown, context?: { readonly source?: string }) =>
    typeof value === 'number' ? read(context?.source ?? String(value)) : value;
  return JSON.parse(text, revive);
}

/**
 * The double for a number in JSON; `undefined` when it would be another number: too large, too small, or an integer
 * with more digits than fit. Digits far behind the point are rounded, as they are everywhere. Pure.
 */
export function numberOf(source: string): number | undefined {
  const value = Number(source);
  if (!Number.isFinite(value)) return undefined;
  const [mantissa = '', exponent = '0'] = source.toLowerCase().split('e');
  if (value === 0) return /[1-9]/.test(mantissa) ? undefined : value;
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  // Programs write the shortest digits that lead back to the double, which need not be its exact ones.
  if (significant(String(value)) === significant(source)) return value;
  const [whole = '', fraction = ''] = mantissa.split('.');
  const places = Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const scale = 10n ** BigInt(Math.abs(places));
  const isExact = places >= 0 ? digits * scale === BigInt(value) : digits === BigInt(value) * scale;
  return isExact ? value : undefined;
}

/** Which numbers `numberOf` has not read, in words that a model can act on. Pure. */
export function cannotHold(numbers: readonly string[]): string {
  const shown = numbers.map((number) => (number.length > 60 ? `${number.slice(0, 60)}…` : number));
  return `a number that this program cannot hold exactly: ${shown.join(', ')}`;
}

/** The digits of a number, without those that only say how large it is. Pure. */
function significant(source: string): string {
  const [mantissa = ''] = source.toLowerCase().split('e');
  return mantissa.replaceAll(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
}
