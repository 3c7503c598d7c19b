import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { editorSchema } from './editor-schema.ts';

// Writes cluster.schema.json beside this file. Run it with `node schema/write.ts` after a change in src/spec/schema or of a CNI.
const path = fileURLToPath(new URL('cluster.schema.json', import.meta.url));
const options = (await resolveConfig(path)) ?? {};
writeFileSync(path, await format(JSON.stringify(editorSchema()), { ...options, parser: 'json' }));
