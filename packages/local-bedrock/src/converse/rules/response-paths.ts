import { invalid } from '../../refusal.ts';
import { isPointer } from '../response-fields.ts';
import type { Rule } from './rule.ts';

/** The fields asked for are named by JSON Pointers. The text is not backed by a recording. */
export const responsePaths: Rule = ({ additionalModelResponseFieldPaths: paths = [] }) => {
  paths.forEach((path, index) => {
    if (!isPointer(path)) {
      throw invalid(
        `The value at additionalModelResponseFieldPaths.${index} is not a valid JSON Pointer. Provide a valid JSON Pointer, such as /stop_sequence, and try again.`,
      );
    }
  });
};
