import { createHash, randomBytes, randomInt, X509Certificate } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A new bootstrap token in kubeadm's form, `[a-z0-9]{6}.[a-z0-9]{16}`; the part before the dot is its public id. */
export function newToken(): string {
  const text = (length: number): string =>
    Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return `${text(6)}.${text(16)}`;
}

/** A key for `kubeadm init --upload-certs`: 32 bytes, hex. */
export function newCertificateKey(): string {
  return randomBytes(32).toString('hex');
}

/** `sha256:<hex>` over the DER of the certificate's public key, which is what kubeadm pins. */
export function caHash(certificatePem: string): string {
  const key = new X509Certificate(certificatePem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(key).digest('hex')}`;
}
