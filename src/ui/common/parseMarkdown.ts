/** The little Markdown that model cards use: headings, paragraphs, lists, tables; bold, code and links inside them. */

export type Inline =
  { kind: "text" | "bold" | "code"; text: string } | { kind: "link"; text: string; url: string };

export type Block =
  | { kind: "heading"; level: number; text: Inline[] }
  | { kind: "paragraph"; text: Inline[] }
  | { kind: "list"; items: Inline[][] }
  | { kind: "table"; head: Inline[][]; rows: Inline[][][] };

/** Bold, code, or a link to the web; anything else, other addresses included, is text. */
const marks =
  /\*\*(?<bold>[^*]+)\*\*|`(?<code>[^`]+)`|\[(?<text>[^\]]+)\]\((?<url>https?:[^)\s]+)\)/g;

/** A line's marks. */
export function parseInline(line: string): Inline[] {
  const parts: Inline[] = [];
  let end = 0;
  for (const match of line.matchAll(marks)) {
    if (match.index > end) parts.push({ kind: "text", text: line.slice(end, match.index) });
    const { bold, code, text, url } = match.groups ?? {};
    if (bold !== undefined) parts.push({ kind: "bold", text: bold });
    else if (code !== undefined) parts.push({ kind: "code", text: code });
    else if (text !== undefined && url !== undefined) parts.push({ kind: "link", text, url });
    end = match.index + match[0].length;
  }
  if (end < line.length) parts.push({ kind: "text", text: line.slice(end) });
  return parts;
}

const cellsOf = (line: string): Inline[][] =>
  line
    .replace(/^\||\|\s*$/g, "")
    .split("|")
    .map((cell) => parseInline(cell.trim()));

const isRule = (line: string): boolean => /^\|[\s|:-]+$/.test(line);

/** Lines that belong together: separated by blank ones, by headings, and where a table or a list begins or ends. */
function groupLines(text: string): string[][] {
  const groups: string[][] = [];
  let kind = "";
  for (const line of text.split(/\r?\n/)) {
    const next = kindOf(line, kind);
    const group = groups.at(-1);
    if (next !== "" && next === kind && next !== "heading" && group) group.push(line);
    else if (next !== "") groups.push([line]);
    kind = next;
  }
  return groups;
}

/** An indented line goes on with a list. */
function kindOf(line: string, before: string): string {
  if (line.trim() === "") return "";
  if (/^#{1,6}\s/.test(line)) return "heading";
  if (line.startsWith("|")) return "table";
  if (/^[-*]\s/.test(line)) return "list";
  return before === "list" && /^\s/.test(line) ? "list" : "paragraph";
}

function toBlock(lines: string[]): Block {
  const [first = ""] = lines;
  const kind = kindOf(first, "");
  if (kind === "heading") {
    const level = first.search(/[^#]/);
    return { kind, level, text: parseInline(first.slice(level).trim()) };
  }
  if (kind === "table") {
    const rows = lines.slice(1).filter((line) => !isRule(line));
    return { kind, head: cellsOf(first), rows: rows.map(cellsOf) };
  }
  if (kind === "list") {
    const items = lines.reduce<string[]>((found, line) => {
      if (/^[-*]\s/.test(line)) return [...found, line.slice(1).trim()];
      return [...found.slice(0, -1), `${found.at(-1) ?? ""} ${line.trim()}`];
    }, []);
    return { kind, items: items.map(parseInline) };
  }
  return { kind: "paragraph", text: parseInline(lines.map((line) => line.trim()).join(" ")) };
}

/** A text's blocks in order. */
export const parseMarkdown = (text: string): Block[] => groupLines(text).map(toBlock);
