/** Which tiles of a long grid are near the part of it that is seen: only these are drawn. */

export type GridView = {
  /** Of the part that is seen, in pixels. */
  scrollTop: number;
  height: number;
  width: number;
};

export type GridWindow = {
  columns: number;
  /** First tile drawn, the first of its row. */
  first: number;
  /** After the last tile drawn. */
  end: number;
  /** Of the whole grid, in pixels. */
  totalHeight: number;
  /** Where the first row drawn begins, in pixels. */
  offset: number;
  /** Side of a tile with its gap, in pixels. */
  pitch: number;
};

/** Rows drawn above and below what is seen, so that scrolling does not outrun the drawing. */
const spareRows = 3;

/** @param tile - the least side of a tile with its gap, in pixels; tiles grow to fill the width */
export function gridWindow(
  count: number,
  { scrollTop, height, width }: GridView,
  tile: number,
): GridWindow {
  const columns = Math.max(1, Math.floor(width / tile));
  const pitch = width > 0 ? width / columns : tile;
  const rows = Math.ceil(count / columns);
  const firstRow = Math.min(rows, Math.max(0, Math.floor(scrollTop / pitch) - spareRows));
  const endRow = Math.min(rows, Math.ceil((scrollTop + height) / pitch) + spareRows);
  return {
    columns,
    first: firstRow * columns,
    end: Math.min(count, Math.max(firstRow, endRow) * columns),
    totalHeight: rows * pitch,
    offset: firstRow * pitch,
    pitch,
  };
}

/** How far to scroll so that a tile is seen whole; the same place where it is. */
export function scrollToTile(
  index: number,
  { scrollTop, height }: Pick<GridView, "scrollTop" | "height">,
  { columns, pitch }: GridWindow,
): number {
  const top = Math.floor(index / columns) * pitch;
  return Math.min(top, Math.max(scrollTop, top + pitch - height));
}
