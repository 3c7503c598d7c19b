import { parseAllDocuments } from 'yaml';

/** By kind. */
export type Documents = Record<string, Record<string, unknown>>;

/** The documents of a kubeadm configuration file. */
export function parse(text: string): Documents {
  const documents = parseAllDocuments(text).map((document) => document.toJS() as Record<string, unknown>);
  return Object.fromEntries(documents.map((document) => [String(document['kind']), document] as const));
}
