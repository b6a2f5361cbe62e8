/** "Chrome · Windows" out of what a browser says about itself; "" if nothing is known. */
export function deviceOf(userAgent: string): string {
  const browser = [
    [/Edg\//, 'Edge'],
    [/MicroMessenger\//, 'WeChat'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
  ].find(([re]) => (re as RegExp).test(userAgent))?.[1]
  const system = [
    [/Windows/, 'Windows'],
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Mac OS/, 'macOS'],
    [/Linux/, 'Linux'],
  ].find(([re]) => (re as RegExp).test(userAgent))?.[1]
  return [browser, system].filter(Boolean).join(' · ')
}
