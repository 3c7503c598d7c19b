import { stripTypeScriptTypes } from 'node:module';

/** Jest's transform: what Node.js does when it runs the sources. Types become blanks, so that positions stay. */
export default { process: (source) => ({ code: stripTypeScriptTypes(source) }) };
