/** Groups a number for reading; what was masked stays as it is. */
export function groupNumber(number: string): string {
  const n = number.trim()
  const bare = n.replace(/^\+86/, '')
  if (/^1[3-9][\d*]{9}$/.test(bare))
    return `${bare.slice(0, 3)} ${bare.slice(3, 7)} ${bare.slice(7)}`
  if (/^(400|800)[\d*]{7}$/.test(bare))
    return `${bare.slice(0, 3)} ${bare.slice(3, 6)} ${bare.slice(6)}`
  if (/^0(10|2\d)[\d*]{8}$/.test(bare))
    return `${bare.slice(0, 3)} ${bare.slice(3, 7)} ${bare.slice(7)}`
  if (/^0[3-9]\d{2}[\d*]{7,8}$/.test(bare))
    return `${bare.slice(0, 4)} ${bare.slice(4, 8)} ${bare.slice(8)}`
  // +86 with a landline: the national form has a leading zero.
  if (n.startsWith('+86') && /^(10|2\d)[\d*]{8}$/.test(bare)) return groupNumber(`0${bare}`)
  if (n.startsWith('+86') && /^[3-9]\d{2}[\d*]{7,8}$/.test(bare)) return groupNumber(`0${bare}`)
  return n
}

/** The characters that can be dialled out of what someone typed or pasted. */
export function dialable(text: string): string {
  const t = text.trim()
  const digits = t.replace(/[^\d*#]/g, '')
  return t.startsWith('+') ? `+${digits}` : digits
}
