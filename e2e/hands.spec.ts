/** Slots by pointer, touch and keyboard; pictures by paste and drop; and a page that everyone can use. */
import type { Page } from "@playwright/test";
import { readFileSync } from "node:fs";

import {
  chip,
  chipFace,
  drag,
  expect,
  expectAccessible,
  openPlayground,
  openToCompose,
  readCanvas,
  removeSlot,
  scene,
  spoken,
  test,
  waitForSlots,
} from "./playground";

test("a slot is replaced, added and removed with the mouse, and undone", async ({ page }) => {
  await openToCompose(page);
  await drag(page, chipFace(page, "B", 2), chipFace(page, "A", 4));
  await expect(chipFace(page, "A", 4)).toHaveAccessibleName(/Slot 3 of scene B/);
  await drag(page, chipFace(page, "B", 0), page.getByTestId("add-A"));
  await expect(chipFace(page, "A", 7)).toHaveAccessibleName(/Slot 1 of scene B/);
  await removeSlot(page, "A", 7);
  await expect(chip(page, "A", 7)).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(chip(page, "A", 7)).toBeVisible();
});

test("a slot is replaced with the keyboard alone", async ({ page }) => {
  await openToCompose(page);
  await chipFace(page, "B", 0).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("region", { name: "Slot in hand" })).toContainText(
    "Slot 2 of scene B",
  );
  await chipFace(page, "A", 0).focus();
  await page.keyboard.press("End");
  await page.keyboard.press("Enter");
  await expect(chipFace(page, "A", 6)).toHaveAccessibleName(/Slot 2 of scene B/);
  await expect(spoken(page)).toContainText("Slot 2 of scene B replaced slot 7 of scene A");
  await page.keyboard.press("Delete");
  await expect(chip(page, "A", 6)).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("a slot is placed by two taps, and by a long drag of the finger", async ({ page }) => {
    await openToCompose(page);
    await chipFace(page, "B", 1).tap();
    await chipFace(page, "A", 0).tap();
    await expect(chipFace(page, "A", 0)).toHaveAccessibleName(/Slot 2 of scene B/);

    await chipFace(page, "A", 1).scrollIntoViewIfNeeded();
    const from = await chipFace(page, "A", 1).boundingBox();
    const to = await chipFace(page, "A", 2).boundingBox();
    if (!from || !to) throw new Error("chips are not on the screen");
    const touch = await page.context().newCDPSession(page);
    const at = (box: typeof from) => [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
    await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(from) });
    await page.waitForTimeout(400); // longer than the delay that tells a drag from a scroll
    for (const share of [0.3, 0.6, 1]) {
      const x = from.x + share * (to.x - from.x);
      const y = from.y + share * (to.y - from.y);
      await touch.send("Input.dispatchTouchEvent", {
        type: "touchMove",
        touchPoints: at({ ...from, x, y }),
      });
    }
    await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    await expect(spoken(page)).toContainText(/lot 2 of scene A/);
  });

  test("nothing is wider than the screen", async ({ page }) => {
    await openPlayground(page);
    await waitForSlots(page, "A");
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      390,
    );
  });
});

/** A picture as a File inside the page, handed to an event of the clipboard or of a drag. */
async function give(page: Page, kind: "paste" | "drop", path: string, type: string): Promise<void> {
  const bytes = readFileSync(path).toString("base64");
  await page.evaluate(
    ({ kind, bytes, type }) => {
      const file = new File([Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))], "picture", {
        type,
      });
      const transfer = new DataTransfer();
      transfer.items.add(file);
      const options = { bubbles: true, cancelable: true };
      if (kind === "paste") {
        window.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: transfer }));
        return;
      }
      for (const name of ["dragenter", "dragover", "drop"]) {
        document.body.dispatchEvent(new DragEvent(name, { ...options, dataTransfer: transfer }));
      }
    },
    { kind, bytes, type },
  );
}

test("pictures come by paste and by drop", async ({ page }) => {
  await openPlayground(page);
  await give(page, "paste", "public/samples/07.png", "image/png");
  await waitForSlots(page, "C");
  await give(page, "drop", "public/samples/08.png", "image/png");
  await waitForSlots(page, "D");
});

test("the camera gives a scene", async ({ page }) => {
  await openPlayground(page);
  await page.getByRole("button", { name: "Camera" }).click();
  await page.getByRole("button", { name: "Take the picture" }).click();
  await waitForSlots(page, "C");
  await expect(page.getByRole("dialog")).toBeHidden();
});

/** A JPEG, left half red and right half blue, whose EXIF says that it was taken turned: upright, red is on top. */
test("a turned photo stands upright, and crop or letterbox is the visitor's choice", async ({
  page,
}) => {
  await openPlayground(page);
  const jpeg = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(200, 100);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no 2d canvas");
    context.fillStyle = "red";
    context.fillRect(0, 0, 100, 100);
    context.fillStyle = "blue";
    context.fillRect(100, 0, 100, 100);
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 1 });
    return [...new Uint8Array(await blob.arrayBuffer())];
  });
  // APP1: Exif header, big-endian TIFF, one entry: orientation (0x0112) = 6, turn right by 90 degrees.
  const exif =
    "ffe1 0022 457869660000 4d4d002a 00000008 0001 0112 0003 00000001 0006 0000 00000000";
  const turned = Buffer.concat([
    Buffer.from(jpeg.slice(0, 2)),
    Buffer.from(exif.replaceAll(" ", ""), "hex"),
    Buffer.from(jpeg.slice(2)),
  ]);
  await page
    .getByLabel("Image files")
    .setInputFiles({ name: "turned.jpg", mimeType: "image/jpeg", buffer: turned });
  await waitForSlots(page, "C");
  const pixelAt = (picture: number[], x: number, y: number): number[] =>
    picture.slice((y * 64 + x) * 3, (y * 64 + x) * 3 + 3);
  const cropped = await readCanvas(page, "image-C");
  expect(pixelAt(cropped, 4, 8)[0]).toBeGreaterThan(200); // red, even at the left edge
  expect(pixelAt(cropped, 4, 56)[2]).toBeGreaterThan(200); // blue

  await scene(page, "C")
    .getByLabel(/menu|options|more/i)
    .first()
    .click();
  await scene(page, "C").getByText("Letterbox", { exact: true }).click();
  await expect
    .poll(async () => Math.abs((pixelAt(await readCanvas(page, "image-C"), 4, 8)[0] ?? 0) - 128))
    .toBeLessThan(12);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing serious in ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme });
    await openPlayground(page);
    await waitForSlots(page, "A");
    await expectAccessible(page);
    await page.getByTestId("device-badge").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    await expectAccessible(page);
  });
}
