/** A Storage as browsers have it, with a size that can be used up. */
export class SmallStorage implements Storage {
  private readonly rows = new Map<string, string>()
  constructor(private readonly limit = 1e6) {}
  get length(): number {
    return this.rows.size
  }
  clear(): void {
    this.rows.clear()
  }
  getItem(key: string): string | null {
    return this.rows.get(key) ?? null
  }
  key(at: number): string | null {
    return [...this.rows.keys()][at] ?? null
  }
  removeItem(key: string): void {
    this.rows.delete(key)
  }
  setItem(key: string, value: string): void {
    if (value.length > this.limit) throw new DOMException('full', 'QuotaExceededError')
    this.rows.set(key, value)
  }
}
