/** @vitest-environment jsdom */
/** Signing in and out, as far as no server and no other site is needed. */
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Backend } from '@/backend/backend.ts'
import { noteSignedOut } from '@/backend/signed_out.ts'
import { IDENTITY_KEY, Identity } from '@/library/identity.ts'
import { ownPath, takeBegun } from '@/sign_in/begun.ts'
import { isLeaving, markLeaving } from '@/sign_in/leaving.ts'
import { clearBrowser } from '@/sign_in/leave.ts'
import { answerOf, begin, endSessionUrl, type Issuer } from '@/sign_in/oidc.ts'

const ISSUER: Issuer = {
  name: 'Harbour Office',
  authorization_endpoint: 'https://id.example/application/o/authorize/?tenant=1',
  client_id: 'aisubs',
  scope: 'openid profile',
  end_session_endpoint: 'https://id.example/end',
}

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

describe('where people come back to', () => {
  test.each([
    ['/library?only=kept', '/library?only=kept'],
    ['//stranger.example/x', '/'],
    ['/\\stranger.example', '/'],
    ['https://stranger.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['/sign-in?to=/sign-in', '/'],
    [null, '/'],
  ])('%s: %s', (wanted, path) => expect(ownPath(wanted)).toBe(path))
})

describe('OpenID Connect', () => {
  test('a sign-in has secrets of its own, of which the address holds the challenge alone', async () => {
    const url = new URL(await begin(ISSUER, '/library'))
    const begun = takeBegun()
    const query = Object.fromEntries(url.searchParams)
    expect(url.origin + url.pathname).toBe('https://id.example/application/o/authorize/')
    expect(query).toMatchObject({ tenant: '1', response_type: 'code', client_id: 'aisubs', code_challenge_method: 'S256', state: begun?.state, nonce: begun?.nonce })
    expect(query['code_challenge']).toBe(createHash('sha256').update(begun?.verifier ?? '').digest('base64url'))
    expect(url.href).not.toContain(begun?.verifier)
    expect(begun?.verifier).toMatch(/^[0-9a-f]{64}$/)
    expect(takeBegun()).toBeNull() // good for once
    const again = new URL(await begin(ISSUER, '/'))
    expect(again.searchParams.get('state')).not.toBe(query['state'])
  })

  test('an answer is taken from the sign-in that this tab began, and from no other', async () => {
    const state = new URL(await begin(ISSUER, '/library')).searchParams.get('state') ?? ''
    const begun = takeBegun()
    expect(answerOf(new URLSearchParams({ code: 'c', state: 'another' }), begun)).toBeNull()
    expect(answerOf(new URLSearchParams({ code: 'c', state }), null)).toBeNull()
    expect(answerOf(new URLSearchParams({ code: 'c', state }), begun)).toMatchObject({ code: 'c', code_verifier: begun?.verifier, nonce: begun?.nonce })
  })

  test('an address that is no web page is gone to by nobody', async () => {
    await expect(begin({ ...ISSUER, authorization_endpoint: 'javascript:alert(1)' }, '/')).rejects.toThrow()
    await expect(begin({ ...ISSUER, authorization_endpoint: null }, '/')).rejects.toThrow()
    expect(endSessionUrl({ ...ISSUER, end_session_endpoint: null })).toBeNull()
    expect(endSessionUrl(ISSUER)).toContain(`post_logout_redirect_uri=${encodeURIComponent(`${location.origin}/`)}`)
  })
})

describe('who this browser is', () => {
  const backend = {} as Pick<Backend, 'signIn' | 'signOut' | 'claim'>

  test('an account takes over nothing unasked; after a no it has not all of what is here', () => {
    const identity = new Identity(localStorage, backend)
    const key = identity.ownKey()
    identity.enterAccount({ token: 'own_a', session_id: 's' }, 'oidc')
    expect(identity.getSnapshot()).toMatchObject({ kind: 'account', by: 'oidc', unclaimed: true, token: 'own_a' })
    expect([identity.claimDue, identity.hasAll, identity.leftBehind]).toEqual([false, false, [key]])
    identity.claimed('own_a', true)
    expect([identity.getSnapshot().unclaimed, identity.hasAll]).toEqual([false, false])
    identity.claimed('own_a')
    expect([identity.getSnapshot().unclaimed, identity.hasAll]).toEqual([false, true])
  })

  test('whose session ended is told by the way it came to be; one from an earlier version was the machine’s', () => {
    localStorage.setItem(IDENTITY_KEY, JSON.stringify({ session: { token: 'own_m', id: 's' }, key: null, claimedBy: 'own_m' }))
    const identity = new Identity(localStorage, backend)
    const end = identity.start()
    expect(identity.getSnapshot()).toMatchObject({ kind: 'machine', by: 'link' })
    noteSignedOut('Bearer own_m')
    expect(identity.getSnapshot()).toMatchObject({ kind: 'browser', said: 'ended' })
    identity.enterAccount({ token: 'own_b', session_id: 's' }, 'supabase')
    noteSignedOut('Bearer own_b')
    expect(identity.getSnapshot()).toMatchObject({ kind: 'browser', said: 'expired' })
    end()
  })
})

describe('signing out', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('ends the right to be sent notifications, and what one step cannot do keeps no other from it', async () => {
    const deeds: string[] = []
    const registration = {
      getNotifications: () => Promise.resolve([{ close: () => deeds.push('closed') }]),
      pushManager: { getSubscription: () => Promise.resolve({ unsubscribe: () => Promise.resolve(deeds.push('unsubscribed')) }) },
      unregister: () => Promise.resolve(deeds.push('unregistered')),
    }
    vi.stubGlobal('navigator', { onLine: true, serviceWorker: { getRegistrations: () => Promise.resolve([registration]) } })
    vi.stubGlobal('indexedDB', { databases: () => Promise.reject(new Error('of the test')) })
    const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    localStorage.setItem('aisubs.jobs.v1.bad', 'x')
    markLeaving()
    expect(isLeaving()).toBe(true)
    await clearBrowser()
    expect(deeds).toEqual(['closed', 'unsubscribed', 'unregistered'])
    expect(told).toHaveBeenCalledOnce()
    expect([localStorage.length, sessionStorage.length, isLeaving()]).toEqual([0, 0, false])
    told.mockRestore()
  })
})
