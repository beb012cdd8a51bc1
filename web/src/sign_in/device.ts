const BROWSERS: [RegExp, string][] = [[/Edg\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\//, 'Firefox'], [/Chrom(e|ium)\//, 'Chrome'], [/Safari\//, 'Safari']]
const SYSTEMS: [RegExp, string][] = [[/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/CrOS/, 'ChromeOS'], [/Linux/, 'Linux']]

/** "Firefox, Linux", in any language: how the owner knows this browser again in the list of devices. */
export function deviceName(agent = navigator.userAgent): string {
  const known = (table: [RegExp, string][]): string | undefined => table.find(([mark]) => mark.test(agent))?.[1]
  return [known(BROWSERS) ?? 'Browser', known(SYSTEMS)].filter(Boolean).join(', ')
}
