/** Characters XML 1.0 allows; everything else is replaced. */
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
};

/** One element; attributes without a value are left out, text and attributes are escaped. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  children: readonly string[] = [],
): string {
  const pairs = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value), /[&<>"\n\t\r]/g)}"`)
    .join('');
  return children.length === 0 ? `<${name}${pairs}/>` : `<${name}${pairs}>${children.join('')}</${name}>`;
}

/** Text content of an element. */
export function xmlText(text: string): string {
  return escapeXml(text, /[&<>\r]/g);
}

function escapeXml(text: string, special: RegExp): string {
  return text
    .toWellFormed()
    .replace(NOT_XML, '\uFFFD')
    .replace(special, (char) => entities[char] ?? char);
}
