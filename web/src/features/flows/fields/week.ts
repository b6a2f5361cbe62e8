/** A weekly time as the file writes it, taken apart. */
export interface Span {
  days: boolean[] // Monday first
  from: string
  to: string
}

const english = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
const chinese = ['周一', '周二', '周三', '周四', '周五', '周六', '周日']

function dayOf(word: string): number {
  const w = word.trim().toLowerCase()
  const i = english.indexOf(w)
  return i >= 0 ? i : chinese.indexOf(w === '周天' ? '周日' : w)
}

const clock = (text: string) => {
  const m = /^(\d{1,2}):(\d{2})$/.exec(text.trim())
  if (!m || Number(m[1]) > 24 || Number(m[2]) > 59) return undefined
  return `${(m[1] ?? '').padStart(2, '0')}:${m[2]}`
}

/** Reads "mon-fri 09:00-18:00" or "周一至周五 09:00-18:00"; undefined if it is written otherwise. */
export function readSpan(text: string): Span | undefined {
  const m = /^(\S+)\s+(\S+?)\s*-\s*(\S+)$/.exec(text.trim())
  if (!m) return undefined
  const from = clock(m[2] ?? '')
  const to = clock(m[3] ?? '')
  if (!from || !to) return undefined
  const written = (m[1] ?? '')
    .replaceAll('星期', '周')
    .replace(/[至到]/g, '-')
    .replace(/[、，]/g, ',')
  const days = Array.from({ length: 7 }, () => written === '每天' || written === 'daily')
  if (!days[0]) {
    for (const part of written.split(',')) {
      const [a, b] = part.split('-')
      const first = dayOf(a ?? '')
      const last = b === undefined ? first : dayOf(b)
      if (first < 0 || last < 0) return undefined
      for (let d = first; ; d = (d + 1) % 7) {
        days[d] = true
        if (d === last) break
      }
    }
  }
  return { days, from, to }
}

/** Writes it in the language of the flow. */
export function writeSpan(s: Span, language: string | undefined): string {
  const names = language === 'en' ? english : chinese
  const to = language === 'en' ? '-' : '至'
  if (s.days.every(Boolean)) return `${language === 'en' ? 'daily' : '每天'} ${s.from}-${s.to}`
  const parts: string[] = []
  for (let i = 0; i < 7; i++) {
    if (!s.days[i]) continue
    let j = i
    while (j < 6 && s.days[j + 1]) j++
    parts.push(i === j ? `${names[i]}` : `${names[i]}${j === i + 1 ? ',' : to}${names[j]}`)
    i = j
  }
  return `${parts.join(',')} ${s.from}-${s.to}`
}
