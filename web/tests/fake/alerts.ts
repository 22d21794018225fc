/** Alerts over HTTP as the gateway answers them: a session's header, a name once, no unknown field. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { HeldAlert, NewAlert } from '../../src/types/rest';

const BASE = '/api/v1/alerts';
const KNOWN = ['spot', 'atm_iv', 'iv', 'pcr_oi'];

export const FIXED: HeldAlert = {
  ...{ name: 'morning vol', underlying: 'NIFTY', field: 'atm_iv', level: 0.2, crosses: 'up' },
  ...{ contract: null, expiry: null, root: null, band: 0.005, is_once: false, cooldown_secs: 60 },
  ...{ origin: 'settings', is_kept: true, is_spent: false, told_at_us: null },
};

export class FakeAlerts {
  held: HeldAlert[] = [FIXED];
  /** The proof that changes need. */
  proof = 'proof-1';

  async answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const say = (status: number, body: unknown, type = 'application/json') => {
      response.writeHead(status, { 'content-type': type });
      response.end(body === null ? undefined : JSON.stringify(body));
    };
    const refuse = (status: number, code: string, detail: string) =>
      say(status, { type: '', title: '', status, code, detail }, 'application/problem+json');
    if (request.method === 'GET') return say(200, this.held);
    if (request.headers['x-voldesk-session'] !== this.proof) {
      return refuse(401, 'not_signed_in', 'this needs the token, or a session with its header');
    }
    if (request.method === 'DELETE') {
      const name = decodeURIComponent(path.slice(BASE.length + 1));
      this.held = this.held.filter((one) => one.name !== name);
      return say(204, null);
    }
    const asked = JSON.parse(await text(request)) as NewAlert;
    if (asked.level === null) {
      const told = 'body.level None: Input should be a valid number';
      return refuse(422, 'bad_parameter', told);
    }
    if (this.held.some((one) => one.name === asked.name)) {
      return refuse(409, 'alert_exists', `there is an alert '${asked.name}' already`);
    }
    if (!KNOWN.includes(asked.field)) {
      const told = `alert '${asked.name}': no field '${asked.field}' of NIFTY; did you mean 'spot'?`;
      return refuse(422, 'bad_alert', told);
    }
    this.held.push({
      ...asked,
      ...{ origin: 'api', is_kept: false, is_spent: false, told_at_us: null },
    });
    say(201, this.held.at(-1));
  }
}
