import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Request } from './work';

/** How to start a side of a comparison. */
export interface ProgramSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

/** A program that lives through all rounds and works only when asked. */
export interface Program {
  /** Send one request, a JSON object on a line, and wait for its answer. @throws Error with what the program said */
  ask<Answer>(request: Request): Promise<Answer>;
  /** Close its input, so that it ends; after five seconds it is ended. */
  end(): Promise<void>;
}

/** Start a program that answers each line of its input with one line on its output. */
export function startProgram({ command, args, env }: ProgramSpec): Program {
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.push(text);
    if (said.length > 200) said.shift();
    if (process.env['BEHAVIOR_LAB_DEBUG']) process.stderr.write(text);
  });
  let waiting: { resolve: (line: string) => void; reject: (error: Error) => void } | null = null;
  let ended: Error | null = null;
  createInterface({ input: child.stdout }).on('line', (line) => {
    waiting?.resolve(line);
    waiting = null;
  });
  const gone = new Promise<void>((resolve) => {
    const finish = (reason: string): void => {
      ended = new Error(
        `${command} ${args.join(' ')} ended (${reason}):\n${said.join('').trim().slice(-3000)}`,
      );
      waiting?.reject(ended);
      waiting = null;
      resolve();
    };
    child.on('error', (error) => finish(error.message));
    child.on('close', (code, signal) => finish(signal ?? `exit code ${code}`));
  });
  child.stdin.on('error', () => {}); // a program that is gone says so by its end

  return {
    async ask<Answer>(request: Request): Promise<Answer> {
      if (ended) throw ended;
      if (waiting) throw new Error('the program has not answered the last request yet');
      const line = await new Promise<string>((resolve, reject) => {
        waiting = { resolve, reject };
        child.stdin.write(`${JSON.stringify(request)}\n`);
      });
      const answer = JSON.parse(line) as Answer & { readonly error?: string };
      if (answer.error !== undefined) throw new Error(`${command} cannot '${request.do}':\n${answer.error}`);
      return answer;
    },
    async end() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await gone;
      clearTimeout(timer);
    },
  };
}
