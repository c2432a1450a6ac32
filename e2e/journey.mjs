// The journey by hand, in a real browser: a resident's request to four controllers, one of which answers in part.
import { open } from './browser.mjs';

const [, , base, pictures, script] = process.argv;
const { browser, visitor, look, login, choose, faults } = await open(base, pictures, script !== 'no-script');

async function send(page) {
  await page.goto(`${base}/`);
  await look(page, 'start');
  await login(page, '/ny', 'maja');
  await page.click('main form[method=post] button');
  await page.click('main button:has-text("Fortsätt")');
  await look(page, 'namnder-fel');
  for (const prefix of ['KS', 'SN', 'BUN', 'EBAB']) await page.check(`main input[name=namnd][value=${prefix}]`);
  await page.click('main button:has-text("Fortsätt")');
  await look(page, 'om-namnd');
  while (/\/om\//.test(page.url())) {
    await page.fill('main textarea', 'Jag vill veta allt ni har om mig.');
    await page.click('main button:has-text("Fortsätt")');
  }
  await look(page, 'svar');
  await page.fill('input[name=email]', 'maja.lindqvist@post.example');
  await page.click('main button:has-text("Fortsätt")');
  await look(page, 'kontrollera');
  await page.click('main form[action$="/skicka"] button');
  await look(page, 'kvitto');
  return page.url().split('/').pop();
}

// reload waits for the workers: the page is asked again until it shows what it should.
async function reload(page, url, selector) {
  for (let i = 0; i < 60; i++) {
    await page.goto(url);
    if (await page.$(selector)) return;
    await page.waitForTimeout(250);
  }
  throw new Error(`${url} never showed ${selector}`);
}

async function search(page, number) {
  await login(page, '/arbete', 'piotrkowalski');
  await look(page, 'ombud-hem');
  await reload(page, `${base}/arbete/arende/${number}`, 'button:has-text("Börja")');
  await page.click('button:has-text("Börja")');
  await look(page, 'ombud-arende');
  await page.click('table.lines a >> nth=0');
  await page.check('input[name=result][value=found]');
  await page.fill('input[name=hits]', '2');
  await page.click('form:has(input[name=hits]) button');
  await page.click('form#intyga-form button');
  for (const [title, text] of [['Hyreskontrakt', 'Du hyr lägenhet 1102 sedan 1 mars 2021.'], ['Klagomål', 'En granne har klagat på hög musik.']]) {
    await page.click('#underlag details summary');
    await page.fill('#underlag input[name=title]', title);
    await page.fill('#underlag textarea[name=text]', text);
    await page.click('#underlag form:has(input[name=title]) button');
  }
  const form = '#underlag form:has(input[name=disposition])';
  await page.click('#underlag table a:has-text("Bedöm Hyreskontrakt")');
  await page.check('#underlag input[name=disposition][value=release]');
  await page.click(`${form} button`);
  await page.click('#underlag table a:has-text("Bedöm Klagomål")');
  await page.check('#underlag input[name=disposition][value=withhold]');
  await page.check('#underlag input[name=ground] >> nth=0');
  await page.click(`${form} button`);
  await look(page, 'ombud-bedom-fel');
  await page.fill('#underlag textarea[name=explanation]', 'Den som klagade kan ta skada om du får veta vem det är.');
  await page.click(`${form} button`);
  await page.check('input[name=outcome][value=partial]');
  await page.fill('textarea[name=reasons]', 'En annan person har lämnat uppgifter.');
  await look(page, 'ombud-foresla');
  await page.click('form:has(textarea[name=reasons]) button');
}

async function review(page, number) {
  await login(page, '/arbete', 'niklasrautio');
  await page.goto(`${base}/arbete/arende/${number}`);
  await look(page, 'dso-arende');
  await page.check('input[name=outcome][value=no-remarks]');
  await page.click('#kontroll form button >> nth=0');
}

async function decide(page, number) {
  await login(page, '/arbete', 'carinahagg');
  await page.goto(`${base}/arbete/arende/${number}/beslut`);
  await look(page, 'beslut');
  const letter = await page.context().newPage();
  await letter.goto(`${base}/arbete/arende/${number}/brev`);
  await look(letter, 'brev', true);
  await letter.close();
  await page.check('label:has-text("Nej, jag är inte jävig")');
  await page.click('button:has-text("Besluta enligt förslaget")');
}

async function register(page, number) {
  await login(page, '/arbete', 'tobiasek');
  await look(page, 'registrator-hem');
  await page.goto(`${base}/arbete/arende/${number}`);
  await page.fill('input[name=number]', 'EBAB-2026-00012');
  await page.click('form:has(input[name=number]) button');
  await look(page, 'registrator-arende');
  if (!(await page.content()).includes('EBAB-2026-00012')) faults.push('the diary number is not shown');
  if ((await page.content()).includes('Klagom')) faults.push('the registrator sees the content');
}

// coordinate asks the person something about the request as a whole, and writes down the answer given by phone.
async function coordinate(page, number) {
  await login(page, '/arbete', 'anna-karinlindqvist');
  await look(page, 'servicecenter-hem');
  await page.goto(`${base}/arbete/begaran/${number}`);
  await look(page, 'servicecenter');
  await page.click('summary:has-text("Fråga sökanden")');
  await page.fill('form:has-text("Fråga") textarea >> nth=0', 'Vilket namn hade du 2019?');
  await page.click('details:has-text("Fråga sökanden") form button');
  await look(page, 'servicecenter-fragat');
  await page.goto(`${base}/arbete/begaran/${number}`);
  await page.fill('main textarea >> nth=0', 'Samma namn, sa Maja per telefon.');
  await page.click('main form:has(textarea) button >> nth=0');
  await look(page, 'servicecenter-svar');
}

async function readLog(page) {
  await login(page, '/arbete', 'helenasoderlund');
  await page.goto(`${base}/arbete/laslogg`);
  await look(page, 'laslogg');
}

async function fetch(page, number) {
  await reload(page, `${base}/mina/${number}`, 'a:has-text("Öppna")');
  await look(page, 'svaret-finns');
  await page.click('a:has-text("Öppna")');
  await choose(page, 'maja');
  await look(page, 'oppna-beslut');
  const [letter] = await Promise.all([page.waitForEvent('popup'), page.click('main form button')]);
  await letter.waitForSelector('text=inte en myndighet');
  await look(letter, 'beslutsbrevet', true);
  await letter.close();
  await page.goto(`${base}/mina/${number}`);
  await look(page, 'efter-beslut');
}

try {
  const maja = await visitor(1280);
  const number = await send(maja);
  await reload(maja, `${base}/mina/${number}`, '.case-row');
  await look(maja, 'min-begaran');
  await coordinate(await visitor(1280), number);
  await search(await visitor(1280), `${number}-EBAB`);
  await review(await visitor(1280), `${number}-EBAB`);
  await decide(await visitor(1280), `${number}-EBAB`);
  await fetch(maja, number);
  await register(await visitor(1280), `${number}-EBAB`);
  await readLog(await visitor(1280));
} catch (e) {
  faults.push(String(e.message).split('\n')[0]);
}
await browser.close();
for (const f of faults) console.error(`fault: ${f}`);
process.exit(faults.length ? 1 : 0);
