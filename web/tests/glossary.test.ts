import { expect, test } from 'vitest'
import { readGlossary, writeGlossary } from '@/features/viewer/glossary.ts'

test.each([
  ['', []],
  ['# a remark\n\n  etcd\tetcd \r\nmain   cluster = Haupt  cluster', [{ source: 'etcd', target: 'etcd' }, { source: 'main cluster', target: 'Haupt cluster' }]],
  ['a -> b\nA => b', [{ source: 'a', target: 'b' }]],
  ['x=y = z', [{ source: 'x=y', target: 'z' }]],
])('%j is a glossary, also when it is written down again', (text, terms) => {
  expect(readGlossary(text)).toEqual({ terms })
  expect(readGlossary(writeGlossary(terms))).toEqual({ terms })
})

test.each([
  ['a = b\nno term', { kind: 'no-term', line: 2 }],
  ['a =', { kind: 'no-term', line: 1 }],
  [`${'a'.repeat(101)} = b`, { kind: 'too-long', line: 1 }],
  ['Term = a\nterm = b', { kind: 'two', term: 'term' }],
  [Array.from({ length: 501 }, (_, at) => `t${at} = x`).join('\n'), { kind: 'too-many', most: 500 }],
])('%# is none, and it is said why', (text, fault) => {
  expect(readGlossary(text)).toEqual({ fault })
})
