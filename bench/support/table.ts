import type { Row } from "./row.ts";

/** Rows as lines of a Markdown table; the name is padded, so that it reads well on a terminal too. */
export const TABLE_HEAD = `${line("what", "ours", "peer", "unit", "better by")}\n${line("---", "--:", "--:", "---", "--:")}`;

export function tableLine({ name, ours, peer, unit, ratio }: Row): string {
  return line(name, number(ours), number(peer), unit, ratio === null ? "" : `x ${number(ratio)}`);
}

function line(name: string, ours: string, peer: string, unit: string, ratio: string): string {
  const cells = [name.padEnd(56), ours.padStart(11), peer.padStart(11), unit.padEnd(12), ratio.padStart(10)];
  return `| ${cells.join(" | ")} |`;
}

/** Three significant digits, or whole numbers with thousands separated. */
export function number(value: number | null): string {
  if (value === null) return "";
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(3)));
}
