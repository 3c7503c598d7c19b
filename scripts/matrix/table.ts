import { cellName, providers, type Cell } from './cells.ts';

/** What became of a cell. */
export interface CellResult {
  /** `passed`, or what kept it from that: `E_CNI`. */
  readonly verdict: string;
  /** `2026-11-24` */
  readonly date: string;
}

/** By the cell's name. */
export type Results = ReadonlyMap<string, CellResult>;

const start = '<!-- matrix -->';
const end = '<!-- /matrix -->';

/**
 * The document with the table between its markers; cells that were not run keep what the document says of them.
 *
 * @param notes a line below the table.
 * @throws Error for a document without markers.
 */
export function withResults(
  document: string,
  cells: readonly Cell[],
  results: Results,
  notes: string,
): string {
  const [from, to] = [document.indexOf(start), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the document has no ${start} … ${end}`);
  const before = resultsOf(document.slice(from, to), cells);
  const table = tableOf(cells, new Map([...before, ...results]));
  return `${document.slice(0, from + start.length)}\n\n${table}\n\n${notes}\n\n${document.slice(to)}`;
}

function tableOf(cells: readonly Cell[], results: Results): string {
  const columns = columnsOf(cells);
  const rows = rowsOf(cells).map(({ title, provider, inRow }) => {
    const texts = columns.map((kubernetes) => {
      const cell = inRow.find((one) => one.kubernetes === kubernetes);
      const result = cell === undefined ? undefined : results.get(cellName(cell));
      return result === undefined ? '–' : `${result.verdict} ${result.date}`;
    });
    return line([title, provider, ...texts]);
  });
  return [
    line(['CNI', 'Provider', ...columns]),
    line(Array.from({ length: columns.length + 2 }, () => '---')),
    ...rows,
  ].join('\n');
}

/** What a table says of these cells. */
function resultsOf(table: string, cells: readonly Cell[]): Results {
  const lines = table.split('\n').filter((text) => text.startsWith('|'));
  const [header = [], , ...rows] = lines.map((text) =>
    text
      .slice(1, -1)
      .split('|')
      .map((one) => one.trim()),
  );
  const results = new Map<string, CellResult>();
  for (const cell of cells) {
    const { variant, kubernetes, provider } = cell;
    const row = rows.find(([title, name]) => title === variant.title && name === provider);
    const column = header.indexOf(kubernetes);
    const [, verdict, date] = /^(\S+) (\d{4}-\d\d-\d\d)$/.exec(row?.[column] ?? '') ?? [];
    if (verdict !== undefined && date !== undefined) results.set(cellName(cell), { verdict, date });
  }
  return results;
}

const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;

const columnsOf = (cells: readonly Cell[]): readonly string[] => [
  ...new Set(cells.map(({ kubernetes }) => kubernetes)),
];

function rowsOf(
  cells: readonly Cell[],
): readonly { readonly title: string; readonly provider: string; readonly inRow: readonly Cell[] }[] {
  return [...Map.groupBy(cells, ({ variant }) => variant.title)].flatMap(([title, ofVariant]) =>
    providers.map((provider) => ({
      title,
      provider,
      inRow: ofVariant.filter((cell) => cell.provider === provider),
    })),
  );
}
