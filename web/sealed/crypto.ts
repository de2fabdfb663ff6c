// SPDX-License-Identifier: EUPL-1.2
// Copyright the Zegel authors

import { ctr, gcm } from "@noble/ciphers/aes.js";
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256, sha384, sha512 } from "@noble/hashes/sha2.js";

// The primitives that the WebAssembly module imports: the other half of
// sealed/crypto/crypto_web.c, with the contracts of sealed/crypto/crypto.h. The @noble
// packages are audited, synchronous (WebCrypto is not, and the module cannot wait), and
// depend on nothing. Random bytes are the browser's own.
//
// Memory is the module's: arguments are offsets into it, and nothing is kept of it. A secret
// that has to leave it on the way is overwritten afterwards, as far as the language allows.

const OK = 0;
const ERR_MALFORMED = 2;
const ERR_AUTH = 4;
const ERR_PROVIDER = 7;

const hashes = [sha256, sha384, sha512] as const;
const aeadKeyLength = [16, 32, 32] as const;
const curves = [null, p256, p384, p521] as const; // null: X25519, Ed25519
const scalarLength = [32, 32, 48, 66] as const;
const pointLength = [32, 65, 97, 133] as const;

const nonceLength = 12;
const tagLength = 16;
const signatureMax = 141;
const randomAtOnce = 65536; // the most that getRandomValues gives
const sizeofSpan = 8;

export type CryptoImports = Record<string, (...args: number[]) => number>;

// Runs each primitive of the group's suite once, with keys that are thrown away.
export function warmUp(): void {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const message = sha256(seed);
  ed25519.verify(ed25519.sign(message, seed), message, ed25519.getPublicKey(seed));
  x25519.getSharedSecret(seed, x25519.getPublicKey(seed));
  gcm(message.slice(0, 16), message.slice(0, 12)).encrypt(hmac(sha256, seed, message));
}

// `memory` is asked at each call: a view is void once the module's memory has grown.
export function cryptoImports(memory: () => WebAssembly.Memory): CryptoImports {
  const bytes = (p: number, n: number): Uint8Array<ArrayBuffer> =>
    new Uint8Array(memory().buffer as ArrayBuffer, p >>> 0, n >>> 0);

  // An array of struct span { const uint8_t *p; size_t n; }.
  const spans = (p: number, count: number): Uint8Array[] => {
    const view = new DataView(memory().buffer);
    return Array.from({ length: count }, (_, i) => {
      const at = (p >>> 0) + i * sizeofSpan;
      return bytes(view.getUint32(at, true), view.getUint32(at + 4, true));
    });
  };

  const give = (out: number, secret: Uint8Array): number => {
    bytes(out, secret.length).set(secret);
    secret.fill(0);
    return OK;
  };

  const aead = (alg: number, key: number, nonce: number, aadP: number, aadN: number) => {
    const cipher = alg === 2 ? chacha20poly1305 : gcm;
    return cipher(bytes(key, at(aeadKeyLength, alg)), bytes(nonce, nonceLength), bytes(aadP, aadN));
  };

  return guarded({
    random(out, n) {
      for (let done = 0; done < n; done += randomAtOnce)
        crypto.getRandomValues(bytes(out + done, Math.min(n - done, randomAtOnce)));
      return OK;
    },

    hash(alg, parts, count, out) {
      const state = at(hashes, alg).create();
      for (const part of spans(parts, count)) state.update(part);
      return give(out, state.digest());
    },

    hmac(alg, key, keyN, parts, count, out) {
      const state = hmac.create(at(hashes, alg), bytes(key, keyN));
      for (const part of spans(parts, count)) state.update(part);
      return give(out, state.digest());
    },

    aead_seal(alg, key, nonce, aadP, aadN, plainP, plainN, out) {
      return give(out, aead(alg, key, nonce, aadP, aadN).encrypt(bytes(plainP, plainN)));
    },

    aead_open(alg, key, nonce, aadP, aadN, sealedP, sealedN, out) {
      if (sealedN < tagLength) return ERR_AUTH;
      const cipher = aead(alg, key, nonce, aadP, aadN);
      const plain = orNull(() => cipher.decrypt(bytes(sealedP, sealedN)));
      return plain === null ? ERR_AUTH : give(out, plain);
    },

    aes128_ctr(key, iv, inP, inN, out) {
      return give(out, ctr(bytes(key, 16), bytes(iv, 16)).encrypt(bytes(inP, inN)));
    },

    dh_public: publicKey((priv) => x25519.getPublicKey(priv)),

    dh(alg, priv, pubP, pubN, shared) {
      const secret = bytes(priv, at(scalarLength, alg));
      const pub = bytes(pubP, pubN);
      const curve = at(curves, alg);
      if (pubN !== at(pointLength, alg)) return ERR_MALFORMED;
      if (curve === null) {
        // All that it refuses among keys of 32 bytes is an all-zero secret.
        const x = orNull(() => x25519.getSharedSecret(secret, pub));
        return x === null ? ERR_AUTH : give(shared, x);
      }
      if (pub[0] !== 4) return ERR_MALFORMED; // one key, one encoding
      const point = orNull(() => curve.getSharedSecret(secret, pub, false));
      if (point === null) return ERR_MALFORMED;
      give(shared, point.subarray(1, 1 + secret.length));
      point.fill(0);
      return OK;
    },

    sig_public: publicKey((priv) => ed25519.getPublicKey(priv)),

    sign(alg, priv, msgP, msgN, sig, sigLen) {
      const secret = bytes(priv, at(scalarLength, alg));
      const msg = bytes(msgP, msgN);
      const curve = at(curves, alg);
      const made = curve === null
        ? ed25519.sign(msg, secret)
        : curve.sign(msg, secret, { prehash: true, lowS: false, format: "der" });
      if (made.length > signatureMax) return ERR_PROVIDER;
      bytes(sig, made.length).set(made);
      new DataView(memory().buffer).setUint32(sigLen >>> 0, made.length, true);
      return OK;
    },

    verify(alg, pubP, pubN, msgP, msgN, sigP, sigN) {
      const pub = bytes(pubP, pubN);
      const msg = bytes(msgP, msgN);
      const sig = bytes(sigP, sigN);
      const curve = at(curves, alg);
      if (pubN !== at(pointLength, alg)) return ERR_AUTH;
      if (curve !== null && pub[0] !== 4) return ERR_AUTH;
      // zip215: false is the strict verification of RFC 8032 and FIPS 186-5.
      const holds = orNull(() =>
        curve === null
          ? ed25519.verify(sig, msg, pub, { zip215: false })
          : curve.verify(sig, msg, pub, { prehash: true, lowS: false, format: "der" }),
      );
      return holds === true ? OK : ERR_AUTH;
    },
  });

  function publicKey(montgomeryOrEdwards: (priv: Uint8Array) => Uint8Array) {
    return (alg: number, priv: number, pub: number): number => {
      const secret = bytes(priv, at(scalarLength, alg));
      const curve = at(curves, alg);
      if (curve === null) return give(pub, montgomeryOrEdwards(secret));
      const point = orNull(() => curve.getPublicKey(secret, false));
      return point === null ? ERR_MALFORMED : give(pub, point);
    };
  }
}

// Nothing may be thrown through the module's frames: it would leave them half done.
function guarded(functions: CryptoImports): CryptoImports {
  return Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [
      name,
      (...args: number[]) => orNull(() => f(...args)) ?? ERR_PROVIDER,
    ]),
  );
}

function orNull<T>(f: () => T): T | null {
  try {
    return f();
  } catch {
    return null;
  }
}

function at<T>(table: readonly T[], i: number): T {
  const entry = table[i];
  if (entry === undefined) throw new RangeError("no such algorithm");
  return entry;
}
