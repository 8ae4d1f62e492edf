import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** The user whose terminal and JupyterLab a space has: an ordinary one, who may not become root. */
export interface Learner {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Processes of this user that run now. */
  processes(): number[];
  /** Removes the user, if the test made it. */
  remove(): void;
}

const name = 'sagemaker-user';
/** By which a user that an earlier run left behind is recognised. */
const comment = 'made by test-studio';

/** Makes the user, whose home is this folder. To be called as root. */
export function makeLearner(home: string): Learner {
  const left = entryOf(name);
  if (left?.comment === comment) must('userdel', name);
  const own = left === undefined || left.comment === comment;
  if (own) must('useradd', '--no-create-home', '--home-dir', home, '--comment', comment, name);
  const entry = entryOf(name);
  if (entry === undefined) throw new Error(`There is no user ${name}.`);
  const { uid, gid } = entry;
  return {
    name,
    uid,
    gid,
    processes: () => processesOf(uid),
    remove: () => {
      if (own) must('userdel', name);
    },
  };
}

/** What a process came to, and how long it took. */
export interface Run {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
}

/** Runs a program as this user to its end. */
export function runAs(
  { uid, gid }: Learner,
  [program = '', ...args]: readonly string[],
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Run> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // Node drops the groups of root, too.
    const child = spawn(program, args, { ...options, uid, gid, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output, seconds: (performance.now() - started) / 1_000 }));
  });
}

function entryOf(user: string): { uid: number; gid: number; comment: string } | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${user}:`));
  const [, , uid, gid, words = ''] = line?.split(':') ?? [];
  return uid === undefined ? undefined : { uid: Number(uid), gid: Number(gid), comment: words };
}

function processesOf(uid: number): number[] {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        return status.includes(`\nUid:\t${uid}\t`) && !/\nState:\tZ/.test(status);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function must(...[program = '', ...args]: string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}
