import { invalid, malformed } from '../http/refusal.ts';
import { type ObjectSchema, violations } from '../shapes/body-schema.ts';
import { countTokens } from '../words/tokens.ts';
import type { Ending, Family, Turn } from './family.ts';
import { checkMaxTokens } from './family.ts';

/** Answers stop here when the request does not say: what the service was seen to do, though its page says 512. */
const defaultMaxTokens = 128;

/** Titan streams few and long chunks: 200 characters and more in recordings. */
const chunkLength = 200;

const schema: ObjectSchema = {
  type: 'object',
  required: ['inputText'],
  properties: {
    inputText: { type: 'string' },
    textGenerationConfig: {
      type: 'object',
      properties: {
        maxTokenCount: { type: 'integer', minimum: 0 },
        stopSequences: { type: 'array', items: { type: 'string' } },
        temperature: { type: 'number', minimum: 0, maximum: 1 },
        topP: { type: 'number', exclusiveMinimum: 0, maximum: 1 },
      },
    },
  },
};

interface Body {
  inputText: string;
  textGenerationConfig?: {
    maxTokenCount?: number;
    stopSequences?: string[];
    temperature?: number;
  };
}

/**
 * Amazon Titan Text (user guide, "Amazon Titan Text models"). Its finish reason on the wire is `FINISH`. It stops at
 * bars or at `User:` only: seen of Titan Express through InvokeModel from January to August 2024 (boto/boto3#3993,
 * aws/aws-sdk#692). Converse was not seen to refuse others.
 */
export const titanText: Family = {
  lead: '\n',
  schema,
  read(body, model) {
    const found = violations(body, schema);
    if (found.length > 0) throw malformed(found);
    const { inputText, textGenerationConfig = {} } = body as Body;
    const { maxTokenCount = defaultMaxTokens, stopSequences = [], temperature } = textGenerationConfig;
    const unknown = stopSequences.find((sequence) => !/^(?:\|+|User:)$/.test(sequence));
    if (stopSequences.length > 1)
      throw malformed([`expected maximum item count: 1, found: ${stopSequences.length}`]);
    if (unknown !== undefined) throw malformed([`string [${unknown}] does not match pattern ^(\\|+|User:)$`]);
    checkMaxTokens(maxTokenCount, model);
    const inputTokens = countTokens(inputText);
    if (inputTokens > model.contextTokens) {
      throw invalid(
        `400 Bad Request: Too many input tokens. Max input tokens: ${model.contextTokens}, request input token count: ${inputTokens} `,
      );
    }
    return {
      system: '',
      turns: readTranscript(inputText),
      maxTokens: maxTokenCount,
      stopSequences,
      ...(temperature !== undefined && { temperature }),
    };
  },
  write(answer) {
    return {
      inputTextTokenCount: answer.inputTokens,
      results: [
        {
          tokenCount: answer.outputTokens,
          outputText: answer.text,
          completionReason: completionReason(answer.ending),
        },
      ],
    };
  },
  streamWriter({ inputTokens }) {
    let held = '';
    let isFirst = true;
    const chunk = (total: number | null, reason: string | null) => {
      const value = {
        outputText: held,
        index: 0,
        totalOutputTextTokenCount: total,
        completionReason: reason,
        inputTextTokenCount: isFirst ? inputTokens : null,
      };
      isFirst = false;
      held = '';
      return value;
    };
    return (event) => {
      if (event.type === 'end') return [chunk(event.outputTokens, completionReason(event.ending))];
      if (event.type !== 'text') return [];
      // What came before is sent only now: the last words go out in the chunk that tells why the answer ended.
      const chunks = held.length >= chunkLength ? [chunk(null, null)] : [];
      held += event.text;
      return chunks;
    };
  },
};

function completionReason(ending: Ending): string {
  return { end: 'FINISH', maxTokens: 'LENGTH', stopSequence: 'STOP_CRITERIA_MET', toolUse: 'FINISH' }[
    ending.reason
  ];
}

/** Titan's conversational style, `User: …\nBot: …\nUser: …\nBot:`, as turns; any other text is one turn. */
function readTranscript(text: string): Turn[] {
  if (!/^\s*User:/.test(text)) return [{ role: 'user', text }];
  const [, ...parts] = text.split(/^[ \t]*(User|Bot):/m);
  const turns: Turn[] = [];
  for (let index = 0; index < parts.length; index += 2) {
    turns.push({
      role: parts[index] === 'User' ? 'user' : 'assistant',
      text: (parts[index + 1] ?? '').trim(),
    });
  }
  if (turns.at(-1)?.role === 'assistant' && turns.at(-1)?.text === '') turns.pop();
  return turns;
}
