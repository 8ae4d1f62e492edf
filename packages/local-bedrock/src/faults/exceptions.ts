import { Refusal, type RefusalName } from '../http/refusal.ts';

/** How one of the API's exceptions is sent when it is asked for. */
export interface ExceptionForm {
  readonly text: string;
  /** Its name inside an event stream, where the API's streams can carry it. */
  readonly frame?: string;
  /** Members beside `message`, unless the fault gives others. */
  readonly members?: Readonly<Record<string, string | number>>;
  /** The status of an error that the API's model does not have; it is sent without `x-amzn-ErrorType`. */
  readonly unmodelledStatus?: number;
}

/**
 * Every exception of the runtime API, and the refusals of the layers before it. Members are the API
 * model's; texts are AWS's own as users quote them, except those marked "text not seen", which AWS words in its own way.
 */
export const exceptions = {
  ThrottlingException: {
    text: 'Too many requests, please wait before trying again.',
    frame: 'throttlingException',
  },
  // Text not seen.
  ModelNotReadyException: { text: 'The model is not ready for inference. Try again.' },
  // Text not seen.
  ModelTimeoutException: {
    text: 'The request took too long to process.',
    frame: 'modelTimeoutException',
  },
  // Text not seen.
  ModelErrorException: {
    text: 'The request failed due to an error while processing the model.',
    members: { originalStatusCode: 500, resourceName: 'model' },
  },
  // Text not seen.
  ModelStreamErrorException: {
    text: 'An error occurred while streaming the response.',
    frame: 'modelStreamErrorException',
    members: { originalStatusCode: 500, originalMessage: 'The model stopped streaming.' },
  },
  InternalServerException: {
    text: 'The system encountered an unexpected error during processing. Try your request again.',
    frame: 'internalServerException',
  },
  ServiceUnavailableException: {
    text: 'Bedrock is unable to process your request.',
    frame: 'serviceUnavailableException',
  },
  ValidationException: {
    text: 'Input is too long for requested model.',
    frame: 'validationException',
  },
  // Text not seen.
  ServiceQuotaExceededException: { text: 'Your request exceeds the service quota.' },
  // Text not seen.
  ConflictException: { text: 'Error occurred because of a conflict. Try again.' },
  AccessDeniedException: {
    text: "You don't have access to the model with the specified model ID.",
  },
  ResourceNotFoundException: {
    text: 'This model version has reached the end of its life. Please refer to the AWS documentation for more details.',
  },
  ExpiredTokenException: { text: 'The security token included in the request is expired' },
  UnrecognizedClientException: {
    text: 'The security token included in the request is invalid.',
  },
  InvalidSignatureException: {
    text: 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  },
  // The status is documented; the HTTP body was not seen.
  overloaded_error: { text: 'Overloaded', unmodelledStatus: 529 },
} as const satisfies Partial<Record<RefusalName | 'overloaded_error', ExceptionForm>>;

export type ExceptionName = keyof typeof exceptions;

export function isExceptionName(name: string): name is ExceptionName {
  return Object.hasOwn(exceptions, name);
}

/** The HTTP status an exception comes with. */
export function statusOf(name: ExceptionName): number {
  return name === 'overloaded_error' ? exceptions[name].unmodelledStatus : new Refusal(name, '').status;
}
