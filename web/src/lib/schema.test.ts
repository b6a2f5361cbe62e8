import { readFileSync } from 'node:fs'
import openapiTS, { astToString, COMMENT_HEADER } from 'openapi-typescript'
import { expect, it } from 'vitest'

const file = (name: string) => new URL(name, import.meta.url)

it('has types that are those of the API: else run "npm run api"', async () => {
  const description = file('../../openapi.json')
  const types = COMMENT_HEADER + astToString(await openapiTS(description))
  expect(types.trim() === readFileSync(file('./schema.d.ts'), 'utf8').trim()).toBe(true)
})
