import { mkdir, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import {
  DOUBLE_TICK,
  MARK_SIZE,
  ringArcs,
  SINGLE_TICK,
  UNKNOWN_AUDIENCE_ARCS,
} from "../src/ui/delivery/mark-geometry.ts";
import { CHROMIUM_MISSING, findChromium } from "./lib/browsers.mjs";

/**
 * Draws the extension's icons from the paths of the logo: `npx tsx scripts/make-icons.ts`. The results are committed, so
 * that building needs no browser. Toolbars are light or dark, so the mark brings its own ground.
 */
const FOLDER = fileURLToPath(new URL("../extension/public/icons/", import.meta.url));
const SIZES = [16, 32, 48, 128] as const;
/** Of the toolbar only, while no channel is connected. */
const OFFLINE_SIZES = [16, 32] as const;
const PAPER = "#fafaf7";
const TEAL = "#0b7577";
const INK = "#14213d";
const GREY = "#5b6270";

function svg(size: number, online: boolean): string {
  const small = size < 32;
  // The corner and the edge between ground and ring, in units of the drawing.
  const edge = small ? 0.9 : 2.4;
  const side = MARK_SIZE + 2 * edge;
  const stroke = small ? 2.1 : 1.75;
  const arcs = small ? 5 : UNKNOWN_AUDIENCE_ARCS;
  const ticks = small ? SINGLE_TICK : DOUBLE_TICK.join("");
  const ring = online
    ? `<path stroke="${TEAL}" d="${ringArcs(arcs).join("")}"/>`
    : `<path stroke="${GREY}" stroke-dasharray="2.6 2.9" d="${ringArcs(1).join("")}"/>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="${-edge} ${-edge} ${side} ${side}">`,
    `<rect x="${-edge}" y="${-edge}" width="${side}" height="${side}" rx="${side * 0.22}" fill="${PAPER}"/>`,
    `<g fill="none" stroke-width="${stroke}">${ring}`,
    `<path stroke="${online ? INK : GREY}" stroke-linecap="round" stroke-linejoin="round" d="${ticks}"/></g></svg>`,
  ].join("");
}

const executablePath = await findChromium();
if (executablePath === undefined) throw new Error(CHROMIUM_MISSING);
const isRoot = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath, args: isRoot ? ["--no-sandbox"] : [] });
try {
  await mkdir(FOLDER, { recursive: true });
  const page = await browser.newPage();
  const wanted = [
    ...SIZES.map((size) => ({ size, online: true, name: `icon-${size}.png` })),
    ...OFFLINE_SIZES.map((size) => ({ size, online: false, name: `offline-${size}.png` })),
  ];
  for (const { size, online, name } of wanted) {
    await page.setViewportSize({ width: size, height: size });
    await page.setContent(`<style>*{margin:0}svg{display:block}</style>${svg(size, online)}`);
    await writeFile(FOLDER + name, await page.screenshot({ omitBackground: true }));
    console.log(`${name}: ${size} px`);
  }
} finally {
  await browser.close();
}
