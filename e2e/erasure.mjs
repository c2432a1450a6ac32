// An erasure in a real browser: asked for, said per system, decided, carried out, told.
import { open } from './browser.mjs';

const [, , base, pictures, script] = process.argv;
const { browser, visitor, look, login, faults } = await open(base, pictures, script !== 'no-script');

async function reload(page, url, selector) {
  for (let i = 0; i < 60; i++) {
    await page.goto(url);
    if (await page.$(selector)) return;
    await page.waitForTimeout(250);
  }
  throw new Error(`${url} never showed ${selector}`);
}

async function ask(page) {
  await login(page, '/ny/radering', 'omar');
  await look(page, 'radering-ny');
  await page.click('main form[method=post] button');
  await page.check('main input[name=namnd][value=EBAB]');
  await page.click('main button:has-text("Fortsätt")');
  await page.click('main button:has-text("Fortsätt")');
  await look(page, 'radering-fel');
  await page.fill('textarea[name=text]', 'Bilden på mig från grillfesten, som ligger på er webbplats.');
  await page.check('input[name=ground][value=art-17-1-b]');
  await page.click('main button:has-text("Fortsätt")');
  await page.fill('input[name=email]', 'omar.haddad@post.example');
  await page.click('main button:has-text("Fortsätt")');
  await look(page, 'radering-kontrollera');
  await page.click('main form[action$="/skicka"] button');
  return page.url().split('/').pop();
}

async function work(page, number) {
  await login(page, '/arbete', 'piotrkowalski');
  await reload(page, `${base}/arbete/arende/${number}`, 'button:has-text("Börja")');
  await page.click('button:has-text("Börja")');
  await page.click('table.lines a >> nth=0');
  await page.check('input[name=result][value=found]');
  await page.fill('input[name=hits]', '2');
  await page.click('form:has(input[name=hits]) button');
  await page.click('form#intyga-form button');
  const form = '#atgarder form[action$="/atgard"]';
  await page.check(`${form} input[name=kind][value=keep]`);
  await page.click(`${form} button`);
  await look(page, 'atgard-fel');
  await page.fill(`${form} textarea[name=what]`, 'Hyresavtalet från 2021');
  await page.check(`${form} input[name=ground][value=art-17-3-b]`);
  await page.fill(`${form} textarea[name=explanation]`, 'Bokföringslagen säger att vi ska spara avtalet i sju år.');
  await page.click(`${form} button`);
  await page.click('#atgard-form > summary');
  await page.fill(`${form} textarea[name=what]`, 'Bilden från grillfesten tas bort från webbplatsen');
  await page.check(`${form} input[name=kind][value=erase]`);
  await page.click(`${form} button`);
  await page.fill('textarea[name=reasons]', 'Du ångrar ditt ja till bilden. Avtalet måste vi spara.');
  await look(page, 'atgarder');
  await page.click('#foresla-form button');
}

async function decide(page, number) {
  await login(page, '/arbete', 'carinahagg');
  await page.goto(`${base}/arbete/arende/${number}/beslut`);
  await look(page, 'beslut-radering');
  await page.check('input[name=unbiased][value=yes]');
  await page.click('form[action$="/beslut"] button');
  await look(page, 'verkstalls');
}

async function carryOut(page, number) {
  await login(page, '/arbete', 'piotrkowalski');
  await page.goto(`${base}/arbete`);
  await look(page, 'ombud-hem');
  await page.goto(`${base}/arbete/arende/${number}`);
  await page.click('#atgarder details summary');
  const form = 'form[action$="/genomford"]';
  await page.click(`${form} button`);
  await look(page, 'genomford-fel');
  await page.fill(`${form} textarea[name=how]`, 'Bilden borttagen och cachen tömd.');
  await page.check(`${form} input[name=notified][value=none]`);
  await page.click(`${form} button`);
  await look(page, 'genomford');
}

try {
  const omar = await visitor(1280);
  const number = await ask(omar);
  await work(await visitor(1280), `${number}-EBAB`);
  await decide(await visitor(1280), `${number}-EBAB`);
  await carryOut(await visitor(1280), `${number}-EBAB`);
  await reload(omar, `${base}/mina/${number}`, 'a:has-text("Öppna")');
  await look(omar, 'radering-svar');
} catch (e) {
  faults.push(String(e.message).split('\n')[0]);
}
await browser.close();
for (const f of faults) console.error(`fault: ${f}`);
process.exit(faults.length ? 1 : 0);
