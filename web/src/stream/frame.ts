/** The header of a binary frame; docs/stream.md gives its layout byte by byte. */

export const HEADER_BYTES = 40;
export const VERSION = 1;
export const AGE_UNKNOWN = 0xffff_ffff;
const MAGIC = 0x4456; // "VD", little-endian

export const SNAPSHOT = 0;
export const DELTA = 1;

/** A frame that cannot be read; the message says what was found and what may be. */
export class FrameError extends Error {
  override name = 'FrameError';
}

export interface FrameHeader {
  kind: number;
  topicId: number;
  /** Bytes per row id: 0 in a snapshot, else 2 or 4. */
  idBytes: number;
  fieldCount: number;
  seq: number;
  rowCount: number;
  /** When the server published it, UTC microseconds on the server's clock. */
  flushUs: number;
  /** Age of its newest venue time at the flush, microseconds; NaN unknown. */
  eventAgeUs: number;
  /** Age of its oldest tick at the flush, microseconds; NaN unknown. */
  recvAgeUs: number;
  /** Spot of the underlying, quote currency; NaN unknown. */
  spot: number;
  /** Where the float32 columns begin. */
  columnsAt: number;
}

/**
 * Read a frame's header and check that its length is what the header promises.
 *
 * @throws FrameError
 */
export function readHeader(buffer: ArrayBuffer): FrameHeader {
  if (buffer.byteLength < HEADER_BYTES) {
    throw new FrameError(`frame of ${buffer.byteLength} bytes, a header has ${HEADER_BYTES}`);
  }
  const view = new DataView(buffer);
  const magic = view.getUint16(0, true);
  const version = view.getUint8(2);
  if (magic !== MAGIC || version !== VERSION) {
    throw new FrameError(`frame opens with 0x${magic.toString(16)} version ${version}`);
  }
  const kind = view.getUint8(3);
  const idBytes = view.getUint8(6);
  const fieldCount = view.getUint8(7);
  const rowCount = view.getUint32(12, true);
  const isSound =
    kind === SNAPSHOT ? idBytes === 0 : kind === DELTA && (idBytes === 2 || idBytes === 4);
  if (!isSound) throw new FrameError(`frame of kind ${kind} with ${idBytes} bytes per row id`);
  const columnsAt = HEADER_BYTES + ((rowCount * idBytes + 3) & ~3);
  const expected = columnsAt + 4 * rowCount * fieldCount;
  if (buffer.byteLength !== expected) {
    throw new FrameError(`frame of ${buffer.byteLength} bytes, its header promises ${expected}`);
  }
  return {
    kind,
    topicId: view.getUint16(4, true),
    idBytes,
    fieldCount,
    seq: view.getUint32(8, true),
    rowCount,
    flushUs: Number(view.getBigInt64(16, true)),
    eventAgeUs: age(view.getUint32(24, true)),
    recvAgeUs: age(view.getUint32(28, true)),
    spot: view.getFloat64(32, true),
    columnsAt,
  };
}

function age(us: number): number {
  return us === AGE_UNKNOWN ? Number.NaN : us;
}
