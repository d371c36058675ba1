/** Draws public/icons/ from public/icon.svg: `npx tsx scripts/icons.ts`. A maskable icon keeps the middle and fills its corners. */
import { mkdirSync } from "node:fs";
import sharp from "sharp";

const source = "public/icon.svg";
const folder = "public/icons";
const background = "#1b2a52"; // the square of the icon
/** What a launcher may cut off a maskable icon: all outside a circle of 80 % (W3C Manifest, "maskable"). */
const safeShare = 0.8;
const iconUnits = 32;
const unitsPerInch = 72;

const render = (pixels: number) =>
  sharp(source, { density: (unitsPerInch * pixels) / iconUnits }).resize(pixels, pixels);

mkdirSync(folder, { recursive: true });
for (const size of [192, 512]) {
  await render(size).png({ palette: true }).toFile(`${folder}/icon-${size}.png`);
}

const size = 512;
const inner = Math.round(size * safeShare);
await sharp({ create: { width: size, height: size, channels: 4, background } })
  .composite([{ input: await render(inner).png().toBuffer() }])
  .flatten({ background })
  .png({ palette: true })
  .toFile(`${folder}/maskable-${size}.png`);
