// The playground as its users meet it, in a real browser.

import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";
import { after, before, beforeEach, test } from "node:test";
import { PICTURES, serve, startBrowser } from "./browser.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const noise = [];
let server;
let browser;
let page;

before(async () => {
  mkdirSync(PICTURES, { recursive: true });
  server = await serve();
  browser = await startBrowser();
});

after(async () => {
  await browser?.stop();
  server?.stop();
});

beforeEach(async () => {
  await page?.close();
  page = await browser.context.newPage();
  noise.length = 0;
  page.on("pageerror", (error) => noise.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") noise.push(message.text());
  });
  await open("");
});

async function open(link) {
  await page.goto(`${server.address}${link === "" ? "" : `#${link}`}`);
  await page.locator("#page-title").waitFor();
}

const shown = () => page.locator("#page-name").innerText();
const tap = (name) => page.locator(`[data-tap="${name}"]`).click();
const answer = (code) => page.locator(`[data-answer="${code}"]`).click();
const select = () => page.getByRole("button", { name: "Select DEMO01" }).click();

async function toTheSheet() {
  await select();
  await tap("entry");
  await tap("continue");
  await tap("continue");
  await tap("tick the box");
  await tap("continue");
}

async function pair() {
  await toTheSheet();
  await answer("s0p");
}

test("a driver pairs a phone, and deletes the key in the wallet", async () => {
  await pair();
  assert.equal(await shown(), "Tutorial1");
  await tap("continue");
  await tap("continue");
  assert.equal(await shown(), "Overview");
  await page.screenshot({ path: `${PICTURES}playground.png` });
  await page.getByRole("button", { name: "Delete key K1" }).click();
  assert.equal(await shown(), "KeyDeleted");
  assert.match(await page.locator("#why").innerText(), /OVR-2/);
  await tap("confirm the error");
  assert.equal(await shown(), "VehicleTab");
  assert.deepEqual(noise, []);
});

test("only what the view offers can be tapped", async () => {
  await select();
  await page.locator("#hold-t").check();
  await tap("entry");
  assert.ok(await page.locator('[data-tap="continue"]').isDisabled());
  await page.getByRole("button", { name: "no owner key (as the world is)" }).click();
  assert.ok(await page.locator('[data-tap="continue"]').isEnabled());
});

test("three errors use the password up", async () => {
  await page.locator("#supports-0").waitFor();
  await toTheSheet();
  await page.locator("#fail-password").check();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await answer("s0e1");
    assert.equal(await shown(), "PairingError");
    await tap("retry");
  }
  await answer("s0e1");
  await tap("retry");
  assert.equal(await shown(), "PairingAttemptsExhausted");
});

test("a link opens the same page, with its history", async () => {
  await pair();
  const moves = await page.locator("#moves").innerText();
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  await page.locator("#page-title").waitFor();
  assert.equal(await shown(), "Tutorial1");
  assert.equal(await page.locator("#moves").innerText(), moves);
  assert.equal(page.url(), link);
});

test("a recording opens as a session that can be stepped through", async () => {
  await page.locator("#import").setInputFiles(process.env.RECORDING);
  const isLoaded = () => /^0 of [1-9]/.test(document.querySelector("#moves")?.textContent ?? "");
  await page.waitForFunction(isLoaded);
  assert.equal(await shown(), "VehicleTab");
  await page.locator("#scrubber").focus();
  await page.keyboard.press("End");
  assert.equal(await shown(), "Overview");
  assert.deepEqual(noise, []);
});

test("a file that is no recording says so", async () => {
  const file = { name: "x", mimeType: "application/octet-stream", buffer: Buffer.from("hello") };
  await page.locator("#import").setInputFiles(file);
  await page.locator("#message").waitFor();
  assert.match(await page.locator("#message").innerText(), /this is no recording/);
});

test("a broken link says so and starts afresh", async () => {
  for (const link of ["1.v0.zz", "99.v0", "1.s0p", "%F0%9F%9A%97", "1.v0.%"]) {
    await page.goto("about:blank");
    await open(link);
    assert.match(await page.locator("#message").innerText(), /cannot be opened/, link);
    assert.equal(await shown(), "VehicleTab");
  }
  await select();
  assert.equal(await page.locator("#message").count(), 0);
  assert.deepEqual(noise, []);
});

test("time goes back, and a move there branches off", async () => {
  await pair();
  const scrubber = page.locator("#scrubber");
  await scrubber.fill("1");
  assert.equal(await shown(), "VehicleTab");
  assert.ok((await page.locator(".future").count()) > 5);
  await scrubber.press("End");
  assert.equal(await shown(), "Tutorial1");
  await scrubber.fill("1");
  await page.getByRole("button", { name: "Sign out" }).click();
  assert.equal(await page.locator("#moves").innerText(), "2 of 2");
});

test("the gallery shows every page in one click", async () => {
  const places = page.locator("#gallery a");
  await places.first().waitFor();
  const count = await places.count();
  assert.ok(count >= 19, String(count));
  for (let at = 0; at < count; at += 1) {
    const name = await places.nth(at).innerText();
    await places.nth(at).click();
    assert.ok(name.startsWith(await shown()), name);
  }
  assert.deepEqual(noise, []);
});

test("a session is exported as a scenario", async () => {
  await pair();
  await page.locator("#export").click();
  const feature = await page.locator("#feature").innerText();
  assert.match(feature, /When Apple returns pass "K1"/);
  writeFileSync(`${PICTURES}exported.feature`, feature);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download" }).click();
  assert.equal((await download).suggestedFilename(), "session.feature");
});

test("German is a choice", async () => {
  await page.locator("#language").selectOption("de");
  await select();
  await tap("entry");
  assert.match(await page.locator("#page-title").innerText(), /Willkommen/);
  assert.equal(await page.locator(".screen").getAttribute("lang"), "de");
});

test("the keyboard alone pairs a phone", async () => {
  const press = async (name) => {
    const button = page.locator(`[data-tap="${name}"]`);
    for (let steps = 0; steps < 80; steps += 1) {
      if (await button.evaluate((it) => it === document.activeElement)) break;
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
  };
  await page.getByRole("button", { name: "Select DEMO01" }).focus();
  await page.keyboard.press("Enter");
  await press("entry");
  await press("continue");
  await press("continue");
  await press("tick the box");
  await press("continue");
  assert.equal(await page.locator(".sheet").count(), 1);
});

for (const [width, height] of [
  [360, 740],
  [1440, 1000],
]) {
  for (const theme of ["light", "dark"]) {
    test(`nothing is in the way of a screen reader: ${width} px, ${theme}`, async () => {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme });
      await toTheSheet();
      await page.locator("#export").click();
      await page.locator("#gallery a").first().waitFor();
      await page.locator("details").evaluateAll((all) => all.forEach((it) => (it.open = true)));
      await page.addScriptTag({ content: axe });
      const { violations } = await page.evaluate(() => window.axe.run());
      const found = violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(" ")}`);
      assert.deepEqual(found, []);
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(overflow <= 0, `the page is ${overflow} px too wide`);
      await page.screenshot({ path: `${PICTURES}playground-${width}-${theme}.png` });
    });
  }
}

test("the first paint takes less than a second, and a step less than a frame", async () => {
  const paint = await page.evaluate(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  await toTheSheet();
  const steps = [];
  for (let round = 0; round < 20; round += 1) {
    await answer("s0e1");
    await tap("retry");
    steps.push(Number(await page.locator("dk-playground").getAttribute("data-drawn-in")));
    if ((await shown()) !== "PairingError") break;
  }
  steps.sort((one, other) => one - other);
  const median = steps[Math.floor(steps.length / 2)];
  console.log(`first paint: ${paint.toFixed(0)} ms, a step and its drawing: ${median} ms (median)`);
  assert.ok(paint < 1000, `${paint} ms`);
  assert.ok(median < 16, `${median} ms`);
});

// No test of the page: a picture of the terminal, from the text that the tests of the command compare.
test("the README has a picture of play", async () => {
  const snapshot = new URL(
    "../../../cli/src/play/full_screen/snapshots/sheet.120x40.txt",
    import.meta.url,
  );
  const text = (await readFile(snapshot, "utf8")).trimEnd();
  await page.goto("about:blank");
  await page.setContent(`<pre style="font: 15px/1.2 'DejaVu Sans Mono', monospace; margin: 0; padding: 14px;
    width: max-content; color: #e6e8ee; background: #14161a"></pre>`);
  await page.locator("pre").evaluate((pre, shown) => (pre.textContent = shown), text);
  await page.locator("pre").screenshot({ path: `${PICTURES}play.png` });
});
