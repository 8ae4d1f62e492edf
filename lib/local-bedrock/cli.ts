import { parseArgs } from 'node:util';
import { isDay } from './is-day.ts';
import { type LocalBedrockOptions, startLocalBedrock } from './start.ts';

const usage = `Usage: node lib/local-bedrock/cli.ts [--port N] [--lab | --today [--date YYYY-MM-DD]]

A local endpoint that answers the same HTTP as Amazon Bedrock. Its words come from a stand-in, not a language model.

  --port N           the port to listen on; left out: a free one
  --lab              serve the workshop's retired models as in 2024 (the default)
  --today            refuse retired models, as AWS does now
  --date YYYY-MM-DD  with --today: the day to take as today
  --help             print this`;

/** What the command line asks for: to start, to print the usage, or something that cannot be done. */
type Wish = { start: LocalBedrockOptions } | { print: string } | { wrong: string };

function readArguments(args: readonly string[]): Wish {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        lab: { type: 'boolean' },
        today: { type: 'boolean' },
        date: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const { port, lab, today, date, help } = values;
    if (help) return { print: usage };
    if (lab && today) return { wrong: '--lab and --today exclude each other. Give one of them.' };
    if (date !== undefined && !today)
      return { wrong: '--date only goes with --today. Add --today or leave --date out.' };
    if (date !== undefined && !isDay(date))
      return { wrong: `--date ${date} is not a day. Write it as 2026-11-23.` };
    if (port !== undefined && !isPort(port)) {
      return {
        wrong: `--port ${port} is not a port. Give a number from 0 to 65535, or leave it out for a free one.`,
      };
    }
    return {
      start: {
        era: today ? 'today' : 'lab',
        ...(port === undefined ? {} : { port: Number(port) }),
        ...(date === undefined ? {} : { today: date }),
      },
    };
  } catch (error) {
    return { wrong: `${firstSentence(error)} Use --help to see what can be given.` };
  }
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const sentence = message.split(/(?<=\.) /)[0] ?? message;
  return sentence.endsWith('.') ? sentence : `${sentence}.`;
}

async function run(): Promise<void> {
  const wish = readArguments(process.argv.slice(2));
  if ('print' in wish) {
    console.log(wish.print);
    return;
  }
  if ('wrong' in wish) {
    console.error(wish.wrong);
    process.exitCode = 2;
    return;
  }
  try {
    const endpoint = await startLocalBedrock(wish.start);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void endpoint.close());
    console.log(`Local Bedrock (${endpoint.era}, stand-in answers) listening on ${endpoint.url}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

void run();
