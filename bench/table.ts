/** Rows under their headings, in columns as wide as they need; numbers to the right. */
export function table(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [headings, ...rows].map((row) =>
    row.map((cell) => typeof cell === "number" ? cell.toFixed(1) : cell)
  );
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[], numbers: readonly boolean[]) =>
    row.map((cell, column) => numbers[column] ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))
      .join("  ").trimEnd();
  const numeric = headings.map((_, column) =>
    rows.length > 0 && rows.every((row) => typeof row[column] === "number")
  );
  return [
    line(cells[0]!, numeric),
    widths.map((width) => "─".repeat(width)).join("  "),
    ...cells.slice(1).map((row) => line(row, numeric)),
  ]
    .join("\n");
}
