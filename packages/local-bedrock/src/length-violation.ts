/** The validator's words for a text or a list that is too short or too long. */
export function lengthViolation(
  path: string,
  length: number,
  { kind, minimum = 0, maximum = Number.POSITIVE_INFINITY }: LengthLimit,
): string[] {
  const isText = kind === 'text';
  if (length < minimum) {
    return [
      isText
        ? `${path}: expected minLength: ${minimum}, actual: ${length}`
        : `${path}: expected minimum item count: ${minimum}, found: ${length}`,
    ];
  }
  if (length > maximum) {
    return [
      isText
        ? `${path}: expected maxLength: ${maximum}, actual: ${length}`
        : `${path}: expected maximum item count: ${maximum}, found: ${length}`,
    ];
  }
  return [];
}

interface LengthLimit {
  readonly kind: 'text' | 'list';
  readonly minimum?: number;
  readonly maximum?: number | undefined;
}
