import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { address, sendFile } from '@/lib/api'
import type { PromptView } from '@/lib/types'
import { promptsKey } from './data'

/** The largest file that is taken, in bytes. */
export const largest = 20 << 20

/** A file on its way, or what became of it. */
export interface Uploading {
  key: number
  file: File
  name: string
  replaces?: number
  part: number
  state: 'waits' | 'goes' | 'done' | 'failed'
  error?: unknown
}

/** What flows could call a file: its name without the ending and without signs that a name can't hold. */
export function nameOf(file: string): string {
  return file
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[^\p{L}\p{Nd}\-_. ()（）·、]+/gu, '-')
    .trim()
    .slice(0, 60)
    .trim()
}

let serial = 0

/** Files that are uploaded one after the other, each with its progress and its error. */
export function useUploads() {
  const client = useQueryClient()
  const [list, setList] = useState<Uploading[]>([])
  const queue = useRef<Promise<void>>(Promise.resolve())
  const change = (key: number, to: Partial<Uploading>) =>
    setList((now) => now.map((u) => (u.key === key ? { ...u, ...to } : u)))

  const go = (u: Uploading) => {
    queue.current = queue.current.then(async () => {
      change(u.key, { state: 'goes', part: 0, error: undefined })
      const query = u.replaces ? { file: u.file.name } : { name: u.name, file: u.file.name }
      const route = u.replaces ? '/api/prompts/{id}/audio' : '/api/prompts'
      const url = address(route, { path: { id: u.replaces ?? 0 }, query })
      try {
        await sendFile<PromptView>(u.replaces ? 'PUT' : 'POST', url, u.file, (part) =>
          change(u.key, { part }),
        )
        change(u.key, { state: 'done', part: 1 })
        await client.invalidateQueries({ queryKey: promptsKey })
      } catch (error) {
        change(u.key, { state: 'failed', error })
      }
    })
  }
  return {
    list,
    /** Uploads a file under its own name, or in the place of a prompt. */
    add: (file: File, replaces?: { id: number; name: string }) => {
      serial += 1
      const name = replaces?.name ?? nameOf(file.name)
      const u: Uploading = {
        key: serial,
        file,
        name,
        replaces: replaces?.id,
        part: 0,
        state: 'waits',
      }
      setList((now) => [...now, u])
      go(u)
    },
    /** Tries a failed one again, or puts it in the place of a prompt. */
    again: (u: Uploading, replaces?: number) => {
      const next = { ...u, replaces: replaces ?? u.replaces, state: 'waits' as const }
      change(u.key, next)
      go(next)
    },
    forget: (key: number) => setList((now) => now.filter((u) => u.key !== key)),
  }
}
