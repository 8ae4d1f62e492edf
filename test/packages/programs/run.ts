import agent from './agent.ts';
import call from './call.ts';
import conversation from './conversation.ts';
import incomplete from './incomplete.ts';
import page from './page.ts';
import tasks from './tasks.ts';
import vectors from './vectors.ts';

const programs: Readonly<Record<string, () => Promise<void>>> = {
  agent,
  call,
  conversation,
  incomplete,
  page,
  tasks,
  vectors,
};

/** Runs the programs that are named, one after the other. A promise, since a CommonJS bundle cannot wait at its top. */
async function main(): Promise<void> {
  for (const name of process.argv.slice(2)) {
    await programs[name]?.();
    console.log(`${name} is well`);
  }
}

void main();
