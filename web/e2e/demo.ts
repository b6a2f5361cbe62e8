import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A running demo: where it is, who can sign in, and how to end it. */
export interface Demo {
  url: string
  passwords: Record<string, string>
  stop: () => Promise<void>
}

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the program with the app that was built last, and starts its demo on a free port. */
export async function startDemo(kind: 'sim' | 'freeswitch'): Promise<Demo> {
  if (!existsSync(join(repository, 'web/dist/index.html'))) {
    throw new Error('the web app is not built: run "npm run build" first')
  }
  const folder = mkdtempSync(join(tmpdir(), 'switchdesk-e2e-'))
  const program = join(folder, 'switchdesk')
  execFileSync('go', ['build', '-o', program, './cmd/switchdesk'], {
    cwd: repository,
    stdio: 'inherit',
  })
  const args = ['demo', '--addr', '127.0.0.1:0', '--data', join(folder, 'data'), '--switch', kind]
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async () => {
    await ended(child)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    return { ...(await ready(child)), stop }
  } catch (err) {
    await stop()
    throw err
  }
}

/** Reads the address and the sign-ins that the demo prints. */
function ready(child: ChildProcess): Promise<Pick<Demo, 'url' | 'passwords'>> {
  return new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(
      () => reject(new Error(`the demo printed no sign-ins:\n${text}`)),
      30_000,
    )
    child.once('exit', (code) => reject(new Error(`the demo ended (${code}):\n${text}`)))
    child.stdout?.on('data', (part: Buffer) => {
      text += part.toString()
      const url = /https?:\/\/[\d.]+:\d+/.exec(text)?.[0]
      const passwords = Object.fromEntries(
        [...text.matchAll(/^\s+(\S+@\S+)\s+(\S+)/gm)].map((m) => [m[1] as string, m[2] as string]),
      )
      if (url && passwords['8006@demo']) {
        clearTimeout(timer)
        resolve({ url, passwords })
      }
    })
  })
}

/** Asks the demo to end and waits until it has. */
function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    const hard = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.once('exit', () => {
      clearTimeout(hard)
      resolve()
    })
    child.kill('SIGTERM')
  })
}
