const letters = 'abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789' // none that look alike

/** A first password to hand over: random, readable aloud, to be changed at the first sign-in. */
export function newPassword(length = 14): string {
  let out = ''
  while (out.length < length) {
    for (const n of crypto.getRandomValues(new Uint8Array(32))) {
      // Bytes past a multiple of the alphabet would favour its first letters.
      if (n < 256 - (256 % letters.length) && out.length < length)
        out += letters[n % letters.length]
    }
  }
  return out
}
