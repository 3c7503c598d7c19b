/** Every stable error code with the CLI's exit status for it. Documented one by one in docs/errors.md. */
export const errorCodes = {
  /** Wrong use of the command line or of the Action's inputs. */
  E_USAGE: 2,
  /** The cluster file or an input is not valid. */
  E_SPEC: 3,
  /** A Kubernetes, CNI or component version that is not known or not supported. */
  E_VERSION: 3,
  /** The host's key is not the pinned one. */
  E_HOSTKEY: 10,
  /** No pinned key is known for the host. */
  E_HOST_UNKNOWN: 10,
  /** Client and host share no acceptable algorithm. */
  E_ALGO: 11,
  /** The host refused the user or the key. */
  E_AUTH: 11,
  /** The private key cannot be read or decrypted. */
  E_KEY: 11,
  /** The host cannot be reached, or does not answer in time. */
  E_CONNECT: 12,
  /** The connection was lost and could not be re-established. */
  E_LOST: 12,
  /** The user may not become root. */
  E_SUDO: 13,
  /** The host's login shell or environment gets in the way. */
  E_SHELL: 13,
  /** Another run holds the host. */
  E_LOCKED: 14,
  /** Preflight found reasons not to start; nothing was changed. */
  E_PREFLIGHT: 20,
  /** The host belongs to another cluster. */
  E_FOREIGN: 21,
  /** A download failed. */
  E_DOWNLOAD: 30,
  /** A download is not what its checksum says. */
  E_CHECKSUM: 31,
  /** A container image cannot be pulled. */
  E_IMAGE: 32,
  /** Packages or the container runtime could not be set up. */
  E_PREPARE: 40,
  /** `kubeadm init` failed. */
  E_INIT: 41,
  /** `kubeadm join` failed. */
  E_JOIN: 42,
  /** The CNI did not become ready. */
  E_CNI: 43,
  /** A node did not become Ready. */
  E_NODES: 44,
  /** The cluster runs, but verification failed. */
  E_VERIFY: 50,
  /** A check could not be made, so that nothing can be said. */
  E_PROBE: 51,
  /** The reset left something behind or failed. */
  E_RESET: 60,
  /** The deadline for the whole run passed. */
  E_TIMEOUT: 70,
  /** The run was cancelled. */
  E_CANCELLED: 130,
  /** A command on a host failed. */
  E_COMMAND: 45,
  /** An output file cannot be written. */
  E_OUTPUT: 4,
  /** A defect of k8s-bootstrap itself. */
  E_INTERNAL: 1,
} as const;

export type ErrorCode = keyof typeof errorCodes;
