import { describe, expect, it } from 'vitest';
import {
  isOnTick,
  moneyText,
  numberText,
  plainDecimal,
  shortestText,
  signOf,
  steppedPrice,
} from '../../src/format/decimal';

describe('money as text', () => {
  it.each([
    ['1234567.5', false, '1,234,567.5'],
    ['-0.05', false, '−0.05'],
    ['12.00', true, '+12.00'],
    ['0.00', true, '0.00'],
    ['-1000', true, '−1,000'],
    ['123456789012345678.01', false, '123,456,789,012,345,678.01'], // more than a float holds
    [null, false, '–'],
    ['', false, '–'],
    ['NaN', false, '–'],
  ])('%s reads as a trader writes it', (text, isSigned, written) => {
    expect(moneyText(text, isSigned)).toBe(written);
  });

  it('is read however it was typed, and plainly sent', () => {
    expect(plainDecimal(' 1,250.50 ')).toBe('1250.50');
    expect(plainDecimal('−.5')).toBe('-0.5');
    expect(plainDecimal('5.')).toBe('5');
    for (const text of ['', '.', '-', '1e3', '1.2.3', 'high', '--1']) {
      expect(plainDecimal(text)).toBeNull();
    }
  });

  it('has a sign, and none where it is no number', () => {
    expect([signOf('0.00'), signOf('-0.01'), signOf('+3')]).toEqual([0, -1, 1]);
    expect([signOf(null), signOf('x')]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe('a price', () => {
  it.each([
    ['0.1', '0.05', 4, '0.30'], // in floats 0.1 + 0.2 is not 0.3
    ['33.8', '0.05', 1, '33.85'],
    ['33.8', '0.05', -1, '33.75'],
    ['33.82', '0.05', 1, '33.85'],
    ['33.82', '0.05', -1, '33.80'],
    ['33.82', '0.05', -2, '33.75'],
    ['0.05', '0.05', -2, '-0.05'],
    ['-0.07', '0.05', 1, '-0.05'],
    ['100', '0.25', 3, '100.75'],
    ['5', '5', 1, '10'],
    ['1.00001', '0.5', 1, '1.5'],
  ])('%s moves by whole steps of %s', (price, tick, steps, moved) => {
    expect(steppedPrice(price, tick, steps)).toBe(moved);
  });

  it('does not move without a number or a step', () => {
    expect(steppedPrice('', '0.05', 1)).toBeNull();
    expect(steppedPrice('1', '0', 1)).toBeNull();
    expect(steppedPrice('1', 'x', 1)).toBeNull();
  });

  it('lies on a step or between two', () => {
    expect(isOnTick('33.80', '0.05')).toBe(true);
    expect(isOnTick('33.82', '0.05')).toBe(false);
    expect(isOnTick('33.82', null)).toBe(true); // nobody knows
    expect(isOnTick('x', '0.05')).toBe(true);
  });

  it('that the server gives as a number is written without what floats add', () => {
    expect(numberText(0.05)).toBe('0.05');
    expect(numberText(1e-7)).toBe('0.0000001');
    expect(numberText(33.8)).toBe('33.8');
    expect(numberText(100)).toBe('100');
    for (const price of [0, -1, Number.NaN, null, undefined]) expect(numberText(price)).toBeNull();
  });

  it('of the stream, which has 32 bits, is the shortest that can be meant', () => {
    for (const text of ['33.8', '0.05', '6799.95', '0.0005', '117', '24512.35']) {
      expect(shortestText(Math.fround(Number(text)))).toBe(text);
    }
    expect(shortestText(Number.NaN)).toBe('');
  });
});
