/**
 * The shapes of an operation's input, as far as the service checks them before it looks at what they say: types, and
 * the constraints of the API reference. Members that a structure does not name are ignored, and `null` is absence, as
 * the service's REST JSON protocol has it.
 *
 * @see https://smithy.io/2.0/spec/constraint-traits.html
 */
export type Shape =
  | StringShape
  | NumberShape
  | BooleanShape
  | DocumentShape
  | ListShape
  | MapShape
  | StructureShape;

export interface StringShape {
  readonly type: 'string';
  /** In characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly enum?: readonly string[];
  /** Base64 of bytes; its limits are not checked here. */
  readonly isBlob?: true;
}

export interface NumberShape {
  readonly type: 'integer' | 'float';
  readonly minimum?: number;
  readonly maximum?: number;
}

interface BooleanShape {
  readonly type: 'boolean';
}

/** Any JSON. */
interface DocumentShape {
  readonly type: 'document';
}

export interface ListShape {
  readonly type: 'list';
  readonly member: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface MapShape {
  readonly type: 'map';
  readonly key: StringShape;
  readonly value: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface StructureShape {
  readonly type: 'structure';
  readonly members: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** Exactly one member is set; the name is the union's own, for its refusal. */
  readonly union?: string;
  /** Members that the refusal does not list. */
  readonly unlisted?: readonly string[];
}

export const text: StringShape = { type: 'string' };
export const filledText: StringShape = { type: 'string', minLength: 1 };
export const blob: StringShape = { type: 'string', isBlob: true };
export const truth: BooleanShape = { type: 'boolean' };
export const document: DocumentShape = { type: 'document' };

export function listOf(member: Shape, limits: { minLength?: number; maxLength?: number } = {}): ListShape {
  return { type: 'list', member, ...limits };
}

export function structure(
  members: Readonly<Record<string, Shape>>,
  required: readonly string[] = [],
): StructureShape {
  return { type: 'structure', members, required };
}

export function union(
  name: string,
  members: Readonly<Record<string, Shape>>,
  unlisted: readonly string[] = [],
): StructureShape {
  return { type: 'structure', members, union: name, unlisted };
}

export function oneOf(...values: string[]): StringShape {
  return { type: 'string', enum: values };
}
