// SPDX-License-Identifier: Apache-2.0
// Bytes, text, and the hash. Everything here and beside it runs in a browser as it does in Node.

// Why something did not verify: `reason` is for programs, the message for people.
export class VerifyError extends Error {
  constructor(reason, message) {
    super(`${message} [${reason}]`);
    this.name = 'VerifyError';
    this.reason = reason;
  }
}

export function fail(reason, message) {
  throw new VerifyError(reason, message);
}

export function ascii(text) {
  return new TextEncoder().encode(text);
}

// Strict UTF-8; a byte order mark is a character like any other.
export function text(bytes, reason = 'NOT_UTF8') {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail(reason, 'the text is not UTF-8');
  }
}

export function concat(...parts) {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}

export function equal(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

// Negative, zero or positive, as the bytes sort.
export function compare(a, b) {
  const i = a.findIndex((byte, k) => byte !== b[k]);
  return i < 0 ? a.length - b.length : a[i] - (b[i] ?? -1);
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function base64(bytes) {
  let binary = '';
  for (let i = 0; i < bytes.length; i += 4096) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 4096));
  }
  return btoa(binary);
}

// Standard alphabet, padded, and nothing that would not be written back the same.
export function unbase64(encoded, reason) {
  let bytes;
  try {
    bytes = Uint8Array.from(atob(encoded), (c) => c.charCodeAt(0));
  } catch {
    return fail(reason, 'this is not base64');
  }
  if (base64(bytes) !== encoded) fail(reason, 'this is not canonical base64');
  return bytes;
}

// A decimal without sign or leading zero, up to 2^53 - 1.
export function decimal(digits, reason) {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(digits)) fail(reason, `"${digits}" is not a number`);
  const value = Number(digits);
  if (!Number.isSafeInteger(value)) fail(reason, `${digits} is too large`);
  return value;
}

export async function sha256(...parts) {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', concat(...parts)));
}

// Big-endian.
export function uint(value, size) {
  const out = new Uint8Array(size);
  for (let i = size - 1, rest = BigInt(value); i >= 0; --i, rest >>= 8n) {
    out[i] = Number(rest & 255n);
  }
  return out;
}

// Takes bytes apart from the front; whatever is missing is an error with the caller's reason.
export class Reader {
  #bytes;
  #reason;

  constructor(bytes, reason) {
    this.#bytes = bytes;
    this.#reason = reason;
  }

  get left() {
    return this.#bytes.length;
  }

  bytes(size) {
    if (size > this.left) fail(this.#reason, `${size} bytes are missing, ${this.left} are left`);
    const out = this.#bytes.slice(0, size);
    this.#bytes = this.#bytes.subarray(size);
    return out;
  }

  uint(size) {
    const value = this.bytes(size).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) fail(this.#reason, `${value} is too large`);
    return Number(value);
  }

  end() {
    if (this.left !== 0) fail(this.#reason, `${this.left} bytes too many`);
  }
}
