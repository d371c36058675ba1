/** A Markdown text as elements of the page; its headings stand below those around it. */
import { createElement, Fragment } from "react";

import { parseMarkdown, type Block, type Inline } from "./parseMarkdown";
import styles from "./Markdown.module.css";

function Part({ part }: { part: Inline }) {
  switch (part.kind) {
    case "text":
      return part.text;
    case "bold":
      return <strong>{part.text}</strong>;
    case "code":
      return <code>{part.text}</code>;
    case "link":
      return (
        <a href={part.url} rel="noreferrer" target="_blank">
          {part.text}
        </a>
      );
  }
}

/** Parts of a line never move: their place is their key. */
const Line = ({ parts }: { parts: readonly Inline[] }) =>
  parts.map((part, i) => (
    <Fragment key={i}>
      <Part part={part} />
    </Fragment>
  ));

function Table({ head, rows }: Extract<Block, { kind: "table" }>) {
  return (
    <div className={styles.scroller} role="group" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {head.map((cell, i) => (
              <th key={i} scope="col">
                <Line parts={cell} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) => (
                <td key={j}>
                  <Line parts={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function BlockElement({ block, under }: { block: Block; under: number }) {
  switch (block.kind) {
    case "heading":
      return createElement(
        `h${Math.min(6, block.level + under)}`,
        null,
        <Line parts={block.text} />,
      );
    case "paragraph":
      return (
        <p>
          <Line parts={block.text} />
        </p>
      );
    case "list":
      return (
        <ul>
          {block.items.map((item, i) => (
            <li key={i}>
              <Line parts={item} />
            </li>
          ))}
        </ul>
      );
    case "table":
      return <Table {...block} />;
  }
}

/** @param under - level of the heading that the text stands under */
export function Markdown({ text, under }: { text: string; under: number }) {
  return (
    <div className={styles.text}>
      {parseMarkdown(text).map((block, i) => (
        <BlockElement key={i} block={block} under={under} />
      ))}
    </div>
  );
}
