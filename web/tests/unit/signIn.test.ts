// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';
import { signIn } from '../../src/app/signIn';
import { keptSession } from '../../src/stream/keptSession';

afterEach(() => vi.unstubAllGlobals());

it('exchanges the code of the address once and takes it out of the address', async () => {
  const session = { header: 'x-voldesk-session', proof: 'p' };
  const asked = vi.fn(async () => Response.json(session));
  vi.stubGlobal('fetch', asked);
  history.replaceState(null, '', '/chain/NIFTY?expiry=2026-11-26#code=abc-1');
  await signIn();
  await signIn();
  expect(asked).toHaveBeenCalledTimes(1);
  expect(asked).toHaveBeenCalledWith(
    '/api/v1/session',
    expect.objectContaining({ method: 'POST', body: '{"code":"abc-1"}' }),
  );
  expect(keptSession(localStorage)).toEqual(session);
  expect(location.href).toMatch(/\/chain\/NIFTY\?expiry=2026-11-26$/);
});

it('goes on where there is no server', async () => {
  vi.stubGlobal('fetch', async () => {
    throw new TypeError('no network');
  });
  history.replaceState(null, '', '/#code=abc');
  await signIn();
  expect(location.hash).toBe('');
});
