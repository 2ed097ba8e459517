// The walk of README.md in a real browser, without JavaScript in our pages: a phone of 360 px and a desktop.
// Each page is checked by axe-core (WCAG 2.1 A and AA: the automatic part of the RGAA), has no sideways scrolling at
// 360 px, asks nothing of another host, and leaves a screenshot below target/captures/.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const racine = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const require = createRequire(join(racine, 'target/navigateur/'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core'), 'utf8');
const captures = join(racine, 'target/captures');
mkdirSync(captures, { recursive: true });

// a one-page PDF that is small enough to read
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

async function serveur(donnees) {
  const enfant = spawn(join(racine, 'target/debug/guichet'),
    ['serve', '--listen', '127.0.0.1:0', '--communes', join(racine, 'communes'), '--data', donnees],
    { env: { ...process.env, GUICHET_LOG: 'warn' }, stdio: ['ignore', 'pipe', 'inherit'] });
  const adresse = await new Promise((bon, mauvais) => {
    let texte = '';
    enfant.stdout.on('data', (d) => { texte += d; const m = /(http:\S+)/.exec(texte); if (m) bon(m[1]); });
    enfant.on('exit', (code) => mauvais(new Error(`the server stopped (${code})`)));
  });
  return { adresse, arrete: () => enfant.kill('SIGKILL') };
}

let fautes = 0;

async function controle(page, ecran, nom) {
  // what one closes is checked open as well
  const violations = await page.evaluate(async (source) => {
    (0, eval)(source);
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    });
    return violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.map((n) => n.html).slice(0, 3).join(' | ')}`);
  }, axe);
  for (const v of violations) { fautes += 1; console.error(`${ecran} ${nom}: ${v}`); }
  const mesures = await page.evaluate(() => {
    const petites = [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
      .filter((e) => e.checkVisibility() && !e.closest('p, dd, li, .evitement') && !e.matches('.evitement'))
      .filter((e) => { const r = (e.closest('label') ?? e).getBoundingClientRect(); return r.height < 43.5; })
      .map((e) => e.outerHTML.slice(0, 90));
    const textes = [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
      .filter((e) => parseFloat(getComputedStyle(e).fontSize) < 15.9 && !e.closest('.lu'))
      .map((e) => e.outerHTML.slice(0, 90));
    return { deborde: document.documentElement.scrollWidth - innerWidth, petites, textes };
  });
  if (mesures.deborde > 0) { fautes += 1; console.error(`${ecran} ${nom}: ${mesures.deborde} px wider than the screen`); }
  for (const cible of mesures.petites) { fautes += 1; console.error(`${ecran} ${nom}: target lower than 44 px: ${cible}`); }
  for (const texte of mesures.textes) { fautes += 1; console.error(`${ecran} ${nom}: text smaller than 16 px: ${texte}`); }
  await page.screenshot({ path: join(captures, `${ecran}-${nom}.png`), fullPage: true });
}

async function horloge(page, date, heure) {
  await page.getByText('Changer la date et l’heure').click();
  await page.getByLabel('Date', { exact: true }).fill(date);
  await page.getByLabel('Heure', { exact: true }).fill(heure);
  await page.getByRole('button', { name: 'Régler l’horloge' }).click();
}

async function entre(page, qui) {
  const sortie = page.getByRole('button', { name: 'Se déconnecter' });
  if (await sortie.count()) await sortie.click();
  await page.getByRole('button', { name: qui }).click();
}

async function parcours(navigateur, ecran, taille) {
  const donnees = mkdtempSync(join(tmpdir(), 'guichet-navigateur-'));
  const { adresse, arrete } = await serveur(join(donnees, 'data'));
  try {
    const contexte = await navigateur.newContext({ viewport: taille, javaScriptEnabled: true, locale: 'fr-FR', bypassCSP: true });
    const page = await contexte.newPage();
    page.on('request', (r) => { if (!r.url().startsWith(adresse)) { fautes += 1; console.error(`asks ${r.url()}`); } });
    page.on('response', (r) => { if (r.status() >= 500) { fautes += 1; console.error(`${r.status()} ${r.url()}`); } });
    const vu = (nom) => controle(page, ecran, nom);

    await page.goto(adresse);
    await vu('01-communes');
    await page.getByRole('link', { name: 'Ham', exact: true }).click();
    await horloge(page, '2025-09-01', '10:00:00');
    await vu('02-commune');
    await entre(page, /^Famille Durand/);
    await vu('03-parent');
    await page.getByRole('link', { name: 'Dossier santé et inscription aux services' }).first().click();
    await vu('04-demarche');
    await page.getByRole('radio').first().check();
    await page.getByRole('button', { name: 'Commencer ma demande' }).click();
    await page.getByRole('button', { name: 'Continuer' }).click();
    assert.equal(await page.getByRole('alert').count(), 1, 'an empty screen says what is missing');
    await vu('05-ecran-erreurs');
    await page.getByRole('radio', { name: 'École Jean Zay' }).check();
    await page.getByLabel(/^Classe/).selectOption('cp');
    await page.getByRole('checkbox', { name: 'Restauration scolaire' }).check();
    await page.getByRole('radio', { name: /standard/i }).check();
    await vu('06-ecran');
    await page.getByRole('button', { name: 'Continuer' }).click();
    await vu('07-pieces');
    for (;;) {
      const fichier = page.locator('input[type=file]').first();
      if (!await fichier.count()) break;
      await fichier.setInputFiles({ name: 'document.pdf', mimeType: 'application/pdf', buffer: PDF });
      const date = fichier.locator('xpath=ancestor::form').getByLabel('Date inscrite sur le document');
      if (await date.count()) await date.fill('2025-08-20');
      await fichier.locator('xpath=ancestor::form').getByRole('button', { name: /^Envoyer/ }).click();
    }
    await page.getByRole('link', { name: 'Continuer' }).click();
    await vu('08-recapitulatif');
    await page.getByRole('button', { name: 'Envoyer ma demande' }).click();
    await vu('09-suivi');

    await entre(page, /^Agent/);
    await vu('10-agent-travail');
    await page.getByRole('table').getByRole('link').first().click();
    await vu('11-agent-dossier');
    await page.getByRole('button', { name: 'Valider' }).click();
    assert.match(await page.textContent('main'), /acceptée/i);

    await page.getByRole('link', { name: 'Courriels envoyés' }).click();
    await vu('12-courrier');

    await page.goto(`${adresse}/ham/`);
    await horloge(page, '2025-09-04', '05:59:00');
    await entre(page, /^Famille Durand/);
    await page.getByRole('link', { name: 'Réserver', exact: true }).click();
    await vu('15-reserver');
    await page.getByRole('button', { name: /^Voir le prix/ }).click();
    assert.equal(await page.getByRole('alert').count(), 1, 'an empty booking says what is missing');
    await vu('16-reserver-erreurs');
    const choisit = async (enfant) => {
      await page.getByRole('radio', { name: enfant }).check();
      await page.getByLabel(/^Quel service/).selectOption('repas');
      await page.getByLabel(/^Quel jour/).fill('2025-09-04');
      await page.getByRole('button', { name: /^Voir le prix/ }).click();
    };
    await choisit('Léa');
    const devis = page.getByRole('region', { name: 'Repas de Léa, jeudi 4 septembre 2025' });
    assert.match(await devis.textContent(), /3,50\s€/);
    assert.match(await devis.textContent(), /avant le jeudi 4 septembre 2025 à 6 h/);
    await page.getByText('D’où vient ce prix ?').click();
    assert.match(await devis.textContent(), /ham\/baremes\/repas\.yaml:\d+/);
    await vu('17-reserver-prix');
    await page.getByRole('button', { name: 'Confirmer la réservation' }).click();
    await vu('18-reserver-fait');
    await horloge(page, '2025-09-04', '06:01:00');
    await page.goto(`${adresse}/ham/reservations`);
    await choisit('Tom');
    assert.match(await page.getByRole('alert').textContent(), /C’était possible avant le jeudi 4 septembre 2025 à 6 h/);
    await vu('19-reserver-refus');
    await horloge(page, '2025-09-03', '18:00:00');
    await page.goto(`${adresse}/ham/reservations`);
    await page.getByRole('button', { name: /^Annuler/ }).click();
    assert.match(await page.textContent('main'), /La réservation est annulée/);
    await vu('20-reserver-annulee');

    await page.goto(`${adresse}/ham/accessibilite`);
    await vu('13-accessibilite');
    await page.goto(`${adresse}/ham/inconnue`);
    await vu('14-introuvable');
    await contexte.close();
  } finally {
    arrete();
    rmSync(donnees, { recursive: true, force: true });
  }
}

const navigateur = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
});
try {
  await parcours(navigateur, 'telephone', { width: 360, height: 740 });
  await parcours(navigateur, 'bureau', { width: 1280, height: 900 });
} finally {
  await navigateur.close();
}
assert.equal(fautes, 0, `${fautes} faults`);
console.log('browser walk: ok');
