import { describe, expect, it } from 'vitest';
import { mannerText, stateText, watchedText } from '../../src/features/alerts/AlertList';
import { alertOf, type Draft, EMPTY, nameOf, unitOf } from '../../src/features/alerts/draft';
import { complaintsOf } from '../../src/features/alerts/problem';
import { keepSession, keptSession } from '../../src/stream/keptSession';
import { FIXED } from '../fake/alerts';

const draft = (part: Partial<Draft>): Draft => ({ ...EMPTY, underlying: 'NIFTY', ...part });
const refusal = (status: number, code: string, detail: string) => ({
  status,
  data: { type: '', title: '', status, code, detail },
});

describe('an alert that is written', () => {
  it('is asked for with what was left out left to the server', () => {
    expect(alertOf(draft({ level: '25,100.5', crosses: 'up' }))).toEqual({
      ...{ name: 'NIFTY spot up 25,100.5', underlying: 'NIFTY', field: 'spot', level: 25_100.5 },
      ...{ crosses: 'up', contract: null, expiry: null, root: null, band: 0 },
      ...{ is_once: false, cooldown_secs: 0 },
    });
  });

  it('carries everything that was filled in', () => {
    const filled = draft({
      ...{ name: ' put vol ', field: 'iv', contract: '25d put', expiry: '2026-11-26' },
      ...{ level: '0.2', howOften: 'once', band: '0.005', cooldown: '60' },
    });
    expect(alertOf(filled)).toMatchObject({
      ...{ name: 'put vol', contract: '25d put', expiry: '2026-11-26', level: 0.2 },
      ...{ is_once: true, band: 0.005, cooldown_secs: 60 },
    });
  });

  it('sends what is no number as none, for the server to refuse by its name', () => {
    expect(JSON.parse(JSON.stringify(alertOf(draft({ level: 'high' })))).level).toBeNull();
  });

  it('is named after what it watches, within what a name may be', () => {
    const long = draft({ contract: 'A/B '.repeat(30), field: 'iv', level: '1' });
    expect(nameOf(long)).not.toContain('/');
    expect(nameOf(long).length).toBeLessThanOrEqual(64);
  });

  it('says how the level of its figure is written', () => {
    expect(unitOf('iv')).toBe('0.2 is 20 %');
    expect(unitOf('something')).toBe('in the unit of the figure');
  });
});

describe('what the server says against an alert', () => {
  it.each([
    [409, 'alert_exists', "there is an alert 'x' already: a name is one alert's", 'name'],
    [422, 'bad_alert', "no underlying 'X' is served; there are NIFTY", 'underlying'],
    [422, 'bad_alert', "no expiry '2026-01-01' is served; there are none yet", 'expiry'],
    [422, 'bad_alert', "NIFTY has no contract 'zz'; give the venue's symbol", 'contract'],
    [422, 'bad_alert', "alert 'a': no field 'delat' of a contract; did you mean 'delta'?", 'field'],
    [422, 'bad_alert', "alert 'a': contract '0d put': a delta is above 0", 'contract'],
    [422, 'bad_parameter', 'body.level None: Input should be a valid number', 'level'],
    [422, 'bad_parameter', "body.cooldown_secs '-1': Input should be 0 or more", 'cooldown'],
    [409, 'too_many_alerts', 'there are 1000 alerts, at most 1000 may be', 'form'],
    [507, 'not_kept', 'the file cannot be written', 'form'],
  ])('%i %s %s stands at its box', (status, code, detail, box) => {
    const complaints = complaintsOf(refusal(status, code, detail));
    expect(Object.keys(complaints)).toEqual([box]);
    expect(detail).toContain(Object.values(complaints)[0]);
  });

  it('of several boxes stands at each', () => {
    const told = "body.name '': String too short; body.band '-1': Input should be 0 or more";
    expect(complaintsOf(refusal(422, 'bad_parameter', told))).toEqual({
      name: "'': String too short",
      band: "'-1': Input should be 0 or more",
    });
  });

  it('says how to sign in', () => {
    expect(complaintsOf(refusal(401, 'not_signed_in', 'this needs it')).form).toContain(
      'voldesk up',
    );
  });

  it('is told where there was no answer, or none in words', () => {
    expect(complaintsOf({ status: 'FETCH_ERROR' }).form).toBe('no server answers');
    expect(complaintsOf({ status: 502, data: '<html>' }).form).toBe('the server answered 502');
  });
});

describe('an alert that is held', () => {
  it('says what it watches and how often it tells', () => {
    expect(watchedText(FIXED)).toBe('NIFTY atm_iv ↑ 0.2');
    expect(mannerText(FIXED)).toBe('always · hysteresis 0.005 · cooldown 60s · of the settings');
    const mine = { ...FIXED, origin: 'api', is_kept: false, is_once: true, band: 0 } as const;
    expect(mannerText(mine)).toBe('once · cooldown 60s · until the server stops');
  });

  it('says whether it waits, told, or is done', () => {
    const told_at_us = Date.UTC(2026, 10, 20, 9, 15) * 1000;
    expect(stateText(FIXED)).toBe('waits');
    expect(stateText({ ...FIXED, told_at_us })).toBe('told 09:15:00 UTC');
    expect(stateText({ ...FIXED, told_at_us, is_spent: true })).toBe('has told, 09:15:00 UTC');
    expect(stateText({ ...FIXED, is_spent: true })).toBe('has told');
  });
});

describe('the session', () => {
  it('is kept for the next page, and nothing broken is sent', () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    expect(keptSession(storage)).toBeNull();
    keepSession(storage, { header: 'x-voldesk-session', proof: 'abc' });
    expect(keptSession(storage)).toEqual({ header: 'x-voldesk-session', proof: 'abc' });
    for (const text of ['{', '{"header":1,"proof":"a"}', '7']) {
      kept.set('voldesk.session', text);
      expect(keptSession(storage)).toBeNull();
    }
  });
});
