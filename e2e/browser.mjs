// A browser that looks at every page it is shown: pictures at phone and desk width, no sideways scrolling, no script errors,
// and axe's WCAG 2.2 AA rules where scripts may run.
import { chromium } from 'playwright-core';
import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export async function open(base, pictures, javaScript) {
  mkdirSync(pictures, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: flags });
  const faults = [];
  let number = 0;

  async function visitor(width) {
    const context = await browser.newContext({ viewport: { width, height: 900 }, locale: 'sv-SE', javaScriptEnabled: javaScript });
    const page = await context.newPage();
    page.setDefaultTimeout(15000);
    page.on('pageerror', (e) => faults.push(`${page.url()}: script error ${e.message}`));
    page.on('console', (m) => m.type() === 'error' && !/favicon|status of 4/.test(m.text()) && faults.push(`${page.url()}: ${m.text()}`));
    return page;
  }

  // look takes pictures of a page at both widths and checks it.
  async function look(page, name, sandboxed = false) {
    number++;
    const before = page.viewportSize();
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({ path: join(pictures, `${String(number).padStart(2, '0')}-${name}-${width}.png`), fullPage: true });
      if (javaScript && !sandboxed) {
        const wider = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (wider > 0) faults.push(`${name}: ${wider} px wider than ${width}`);
      }
    }
    await page.setViewportSize(before);
    const missing = (await page.content()).match(/⟦[^⟧]*⟧/g);
    if (missing) faults.push(`${name}: no text for ${missing.join(', ')}`);
    // A document in a sandbox lets no script in, not even axe.
    if (javaScript && !sandboxed) await accessible(page, name);
    console.log(`  ${name}`);
  }

  async function accessible(page, name) {
    // The pages forbid all scripts; the check is put in from outside, past that policy.
    const session = await page.context().newCDPSession(page);
    await session.send('Page.setBypassCSP', { enabled: true });
    await session.send('Runtime.evaluate', { expression: axe.source });
    const { result } = await session.send('Runtime.evaluate', {
      expression: `axe.run(document, { runOnly: ${JSON.stringify(rules)} }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(', '))))`,
      awaitPromise: true,
    });
    for (const v of JSON.parse(result.value || '[]')) faults.push(`${name}: ${v}`);
    await session.detach();
  }

  // login follows a page to the identity provider and chooses a person there.
  async function login(page, path, person) {
    await page.goto(base + path);
    await choose(page, person);
  }

  async function choose(page, person) {
    if (!page.url().startsWith(base)) {
      await page.click(`button[value="${person}"]`);
      await page.waitForLoadState();
    }
  }

  return { browser, visitor, look, login, choose, faults };
}
