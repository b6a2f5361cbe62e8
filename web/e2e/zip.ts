import { inflateRawSync } from 'node:zlib'

/** The entries of a zip by name, read by its directory as every unpacker does; fails on what is none. */
export function unzip(file: Buffer): Map<string, Buffer> {
  if (file.readUInt32LE(0) !== 0x04034b50) throw new Error('not a zip: no signature')
  const end = file.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'))
  if (end < 0) throw new Error('not a zip: no directory')
  const entries = new Map<string, Buffer>()
  let at = file.readUInt32LE(end + 16)
  for (let n = file.readUInt16LE(end + 10); n > 0; n--) {
    if (file.readUInt32LE(at) !== 0x02014b50) throw new Error(`no entry at ${at}`)
    const lengths = [28, 30, 32].map((o) => file.readUInt16LE(at + o)) as [number, number, number]
    const name = file.toString('utf8', at + 46, at + 46 + lengths[0])
    const local = file.readUInt32LE(at + 42)
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
    const packed = file.subarray(from, from + file.readUInt32LE(at + 20))
    const data = file.readUInt16LE(at + 10) === 8 ? inflateRawSync(packed) : packed
    if (data.length !== file.readUInt32LE(at + 24)) throw new Error(`${name} is cut short`)
    entries.set(name, data)
    at += 46 + lengths[0] + lengths[1] + lengths[2]
  }
  return entries
}

/** The rows of a workbook's first sheet, its title row included. */
export function sheetRows(file: Buffer): string[] {
  const sheet = unzip(file).get('xl/worksheets/sheet1.xml')
  if (!sheet) throw new Error('the workbook has no sheet')
  return sheet.toString('utf8').match(/<row\b.*?<\/row>/gs) ?? []
}
