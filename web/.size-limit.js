import { readFileSync } from 'node:fs'

/** The scripts that the first page loads before it draws, as index.html names them. */
function first() {
  const html = readFileSync(new URL('./dist/index.html', import.meta.url), 'utf8')
  return [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => `dist/${m[1]}`)
}

export default [
  { name: 'first page', path: first(), limit: '400 kB' },
  { name: 'web phone', path: 'dist/assets/JsSIP-*.js', limit: '60 kB' },
  { name: 'everything', path: 'dist/assets/*.js', limit: '960 kB' },
]
