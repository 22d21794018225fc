import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DATA_TYPE_NAMES, FIELDS, STATUS_NAMES } from '../../src/types/fields';
import { GATE, LIMITS, STATES, TIMES, TYPES } from '../../src/ui/orderWords';

const WEB = fileURLToPath(new URL('../../', import.meta.url));
const ROOT = resolve(WEB, '..');
const SRC = resolve(WEB, 'src');
const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(ts|tsx|css)$/.test(name))
  .map((name) => resolve(SRC, name));

/** The room a file is in: `features/chain`, `stream`, ... */
function room(path: string): string {
  const [first, second] = relative(SRC, path).split('/');
  return first === 'features' ? `${first}/${second}` : (first ?? '');
}

const BELOW: Record<string, string[]> = {
  types: [],
  format: ['types'],
  stream: ['types', 'format'],
  ui: ['types', 'format', 'stream'],
};

describe('the house', () => {
  it.each(sources)('%s imports only from below, and features are strangers', (path) => {
    const own = room(path);
    const texts = readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g);
    for (const [, to = ''] of texts) {
      const other = room(resolve(path, '..', to));
      if (other === own || own === 'app') continue;
      const allowed = own.startsWith('features/') ? [...Object.keys(BELOW)] : BELOW[own];
      expect(allowed, `${relative(SRC, path)} imports ${to}`).toContain(other);
    }
  });

  it.each(sources)('%s fits in one reading and writes no markup', (path) => {
    const text = readFileSync(path, 'utf8');
    expect(text.split('\n').length).toBeLessThanOrEqual(400);
    expect(text).not.toMatch(/innerHTML|outerHTML|insertAdjacentHTML|dangerouslySet/);
    expect(text).not.toMatch(/https?:\/\//);
  });

  it('locks packages without the address they came from, those of other machines too', () => {
    const lock = readFileSync(`${WEB}package-lock.json`, 'utf8');
    expect(lock).not.toContain('"resolved"');
    const { packages } = JSON.parse(lock) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    for (const [name, { optionalDependencies = {} }] of Object.entries(packages)) {
      for (const other of Object.keys(optionalDependencies)) {
        const isLocked = Object.keys(packages).some((path) =>
          path.endsWith(`node_modules/${other}`),
        );
        expect(isLocked, `${other}, which ${name} may need`).toBe(true);
      }
    }
  });
});

describe('the contract with the server', () => {
  it('has the status codes of the model, by number', () => {
    const enums = readFileSync(`${ROOT}/src/voldesk/model/enums.py`, 'utf8');
    const body = enums.slice(enums.indexOf('class Status'), enums.indexOf('class Right'));
    const codes = [...body.matchAll(/^ {4}([A-Z_]+) = (\d+)/gm)];
    expect(codes.map(([, name, code]) => [name, Number(code)])).toEqual(
      STATUS_NAMES.map((name, code) => [name, code]),
    );
  });

  it('has the data types of the model, by number', () => {
    const ticks = readFileSync(`${ROOT}/src/voldesk/model/ticks.py`, 'utf8');
    const body = ticks.slice(ticks.indexOf('class DataType'), ticks.indexOf('class Field'));
    const codes = [...body.matchAll(/^ {4}([A-Z_]+) = (\d+)/gm)];
    expect(codes.map(([, name = '', code]) => [name, Number(code)])).toEqual(
      DATA_TYPE_NAMES.map((name, code) => [name.toUpperCase().replace('-', '_'), code]),
    );
  });

  it('has the shapes of the answers about orders, key by key', () => {
    const schemas = readFileSync(`${ROOT}/src/voldesk/gateways/order_schemas.py`, 'utf8');
    const types = readFileSync(`${SRC}/types/trading.ts`, 'utf8');
    const classes = [
      ...schemas.matchAll(/^class (\w+)\((\w+)\):\n([\s\S]*?)(?=\n\n\n|$(?![\s\S]))/gm),
    ];
    const left = ['DeniedProblem']; // read as a problem with `checks`
    const compared: string[] = [];
    for (const [, name = '', , body = ''] of classes) {
      if (left.includes(name)) continue;
      const keys = [...body.matchAll(/^ {4}([a-z_]+):/gm)].map(([, key]) => key);
      const [, ours = ''] =
        new RegExp(`export interface ${name}(?: extends \\w+)? \\{\n([\\s\\S]*?)\n\\}`).exec(
          types,
        ) ?? [];
      expect(
        [...ours.matchAll(/^ {2}([a-z_]+)\??:/gm)].map(([, key]) => key),
        name,
      ).toEqual(keys);
      compared.push(name);
    }
    expect(compared.length).toBeGreaterThan(20);
  });

  it('asks for orders with keys that the server knows', () => {
    const requests = readFileSync(`${ROOT}/src/voldesk/gateways/order_requests.py`, 'utf8');
    const types = readFileSync(`${SRC}/types/trading.ts`, 'utf8');
    for (const name of ['NewOrder', 'NewTerms']) {
      const from = requests.indexOf(`class ${name}(`);
      const [body = ''] = requests.slice(from).split('\n\n\n');
      const known = [...body.matchAll(/^ {4}([a-z_]+):/gm)].map(([, key]) => key);
      const [, ours = ''] =
        new RegExp(`export interface ${name} \\{\n([\\s\\S]*?)\n\\}`).exec(types) ?? [];
      const asked = [...ours.matchAll(/^ {2}([a-z_]+)\??:/gm)].map(([, key]) => key);
      expect(asked.length).toBeGreaterThan(2);
      for (const key of asked) expect(known, name).toContain(key);
    }
  });

  it.each([
    ['model/lifecycle.py', 'State', STATES],
    ['trading/limits.py', 'GateState', GATE],
    ['model/orders.py', 'OrderType', TYPES],
    ['model/orders.py', 'TimeInForce', TIMES],
  ])('has words for all that %s names in %s', (path, name, words) => {
    const text = readFileSync(`${ROOT}/src/voldesk/${path}`, 'utf8');
    const [body = ''] = text.slice(text.indexOf(`class ${name}(`)).split('\n\n\n');
    const values = [...body.matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)"/gm)].map(([, value]) => value);
    expect(values.length).toBeGreaterThan(2);
    expect(Object.keys(words).sort()).toEqual(values.sort());
  });

  it('has words for every limit of the gate, and for every check', () => {
    const limits = readFileSync(`${ROOT}/src/voldesk/trading/limits.py`, 'utf8');
    const gate = readFileSync(`${ROOT}/src/voldesk/trading/gate.py`, 'utf8');
    const names = [...limits.matchAll(/^ {4}([a-z_]+): (?:float|int) =/gm)].map(([, name]) => name);
    const checks = [...gate.matchAll(/Check\("([a-z_]+)"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(20);
    const unshown = ['collar_pct', 'collar_ticks']; // together they are the check `collar`
    for (const name of [...names, ...checks]) {
      if (!unshown.includes(name ?? '')) expect(Object.keys(LIMITS)).toContain(name);
    }
  });

  it('asks for fields that the chain has', () => {
    const columns = readFileSync(`${ROOT}/docs/columns.md`, 'utf8');
    for (const field of FIELDS) {
      if (field !== 'age_secs') expect(columns).toContain(`\`${field}\``);
    }
  });

  it('knows every message of /ws/stream that the AsyncAPI file names', () => {
    const path = `${ROOT}/docs/asyncapi.yaml`;
    expect(existsSync(path), 'docs/asyncapi.yaml is missing').toBe(true);
    const text = JSON.stringify(parse(readFileSync(path, 'utf8')));
    const types = readFileSync(`${SRC}/types/stream.ts`, 'utf8');
    for (const [, name] of types.matchAll(/^ {2}type: '([a-z_]+)';/gm)) {
      expect(text, `message ${name}`).toContain(`"${name}"`);
    }
  });
});
