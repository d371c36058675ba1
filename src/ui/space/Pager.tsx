/** A long list page by page. */
import { useState } from "react";

import { Button } from "../common/Button";
import styles from "./Pager.module.css";

/** The part of a list on show. @param size - entries of a page */
export function usePages<T>(all: readonly T[], size: number) {
  const [wanted, setPage] = useState(0);
  const count = Math.max(1, Math.ceil(all.length / size));
  const page = Math.min(wanted, count - 1); // the list may have become shorter
  const first = page * size;
  return { shown: all.slice(first, first + size), first, page, count, setPage };
}

type PagerProps = {
  /** What is listed, e.g. "slots". */
  name: string;
  page: number;
  count: number;
  onPage: (page: number) => void;
};

export function Pager({ name, page, count, onPage }: PagerProps) {
  if (count < 2) return null;
  return (
    <nav aria-label={`Pages of ${name}`} className={styles.pager}>
      <Button disabled={page === 0} onClick={() => onPage(page - 1)}>
        Previous
      </Button>
      <span>
        Page {page + 1} of {count}
      </span>
      <Button disabled={page === count - 1} onClick={() => onPage(page + 1)}>
        Next
      </Button>
    </nav>
  );
}
