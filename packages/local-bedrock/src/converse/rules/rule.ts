import type { Model } from 'bedrock-models';
import type { ConverseRequest } from '../request.ts';

/** One group of the service's rules: throws a `Refusal` in its words when the request breaks one. */
export type Rule = (request: ConverseRequest, model: Model, operation: 'Converse' | 'ConverseStream') => void;
