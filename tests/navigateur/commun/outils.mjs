// What the walks share: a server of their own, an identity, a page that is checked as it is seen.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/// The tree.
export const racine = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const require = createRequire(join(racine, 'target/navigateur/'));
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core'), 'utf8');
const captures = join(racine, 'target/captures');
mkdirSync(captures, { recursive: true });

/// A one-page PDF that is small enough to read.
export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/// The four ways a page is seen.
export const ECRANS = [
  { ecran: 'telephone', taille: { width: 360, height: 740 }, script: true },
  { ecran: 'bureau', taille: { width: 1280, height: 900 }, script: true },
  { ecran: 'telephone-sans-script', taille: { width: 360, height: 740 }, script: false },
  { ecran: 'bureau-sans-script', taille: { width: 1280, height: 900 }, script: false },
];

/// Runs a command line beside the server; what it says.
export function guichet(...arguments_) {
  const { status, stdout, stderr } = spawnSync(join(racine, 'target/debug/guichet'), arguments_, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`guichet ${arguments_.join(' ')}: ${status}\n${stdout}${stderr}`);
  return stdout;
}

let fautes = 0;
function faute(texte) { fautes += 1; console.error(texte); }

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

/// Accessible (axe-core: WCAG 2.1 A and AA, the automatic part of the RGAA; it needs scripts to run in the page), no wider
/// than the screen, targets of 44 px, texts of 16 px; leaves a screenshot below target/captures/.
async function controle(page, ecran, script, nom) {
  const violations = !script ? [] : await page.evaluate(async (source) => {
    (0, eval)(source);
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'],
    });
    return violations.map((v) => `${v.id} (${v.impact}): ${v.help} — ${v.nodes.map((n) => n.html).slice(0, 3).join(' | ')}`);
  }, axe);
  for (const v of violations) faute(`${ecran} ${nom}: ${v}`);
  // on a busy machine a page is still coming when it is looked at
  await page.waitForLoadState();
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
  if (mesures.deborde > 0) faute(`${ecran} ${nom}: ${mesures.deborde} px wider than the screen`);
  for (const cible of mesures.petites) faute(`${ecran} ${nom}: target lower than 44 px: ${cible}`);
  for (const texte of mesures.textes) faute(`${ecran} ${nom}: text smaller than 16 px: ${texte}`);
  await page.screenshot({ path: join(captures, `${ecran}-${nom}.png`), fullPage: true });
}

/// Sets the demonstration's clock.
export async function horloge(page, date, heure) {
  await page.getByText('Changer la date et l’heure').click();
  await page.getByLabel('Date', { exact: true }).fill(date);
  await page.getByLabel('Heure', { exact: true }).fill(heure);
  await page.getByRole('button', { name: 'Régler l’horloge' }).click();
}

/// Becomes one of the demonstration's identities.
export async function entre(page, qui) {
  const sortie = page.getByRole('button', { name: 'Se déconnecter' });
  if (await sortie.count()) await sortie.click();
  await page.getByRole('button', { name: qui }).click();
}

/// Sends a file for each document still asked; `date` is the one written on those that must be recent.
export async function joint(page, date) {
  for (;;) {
    const fichier = page.locator('section > form input[type=file]').first();
    if (!await fichier.count()) return;
    const formulaire = fichier.locator('xpath=ancestor::form');
    await fichier.setInputFiles({ name: 'document.pdf', mimeType: 'application/pdf', buffer: PDF });
    const datee = formulaire.getByLabel('Date inscrite sur le document');
    if (await datee.count()) await datee.fill(date);
    await formulaire.getByRole('button', { name: /^Envoyer/ }).click();
  }
}

/// Answers what the screen shows: `reponses` are [label, value or values]; what it does not show is left.
async function repond(page, reponses) {
  for (const [libelle, valeur] of reponses) {
    const groupe = page.getByRole('group', { name: libelle });
    if (await groupe.count()) {
      for (const v of [valeur].flat()) await groupe.getByLabel(v, { exact: true }).check();
      continue;
    }
    const champ = page.locator('main').getByLabel(libelle);
    if (!await champ.count()) continue;
    const genre = await champ.evaluate((e) => e.tagName);
    if (genre === 'SELECT') await champ.selectOption({ label: valeur });
    else await champ.fill(valeur);
  }
}

/// Files a démarche by its pages, from its tile to its follow-up; `vu(nom)` checks each page met.
export async function depose(page, vu, nom, { titre, enfant, reponses, date }) {
  await page.getByRole('link', { name: titre, exact: true }).first().click();
  await vu(`${nom}-1-presentation`);
  if (enfant) await page.getByRole('radio', { name: enfant }).check();
  await page.getByRole('button', { name: 'Commencer ma demande' }).click();
  const envoi = page.getByRole('button', { name: 'Envoyer ma demande' });
  for (let ecran = 2; !await envoi.count(); ecran += 1) {
    if (ecran > 12) throw new Error(`${nom}: no end to the screens — ${await page.locator('main').innerText()}`);
    if (await page.locator('section > form input[type=file]').count()) {
      await vu(`${nom}-${ecran}-documents`);
      await joint(page, date);
    } else {
      await repond(page, reponses);
      await vu(`${nom}-${ecran}-reponses`);
    }
    await page.locator('main').locator('a, button').filter({ hasText: /^\s*Continuer\s*$/ }).click();
  }
  await vu(`${nom}-recapitulatif`);
  await envoi.click();
  await vu(`${nom}-suivi`);
}

/// An agent opens the oldest request of that démarche and does this; `motif` when the button asks for one.
export async function decide(page, vu, nom, { titre, action, motif }) {
  await page.getByRole('table').getByRole('link', { name: titre }).first().click();
  // a list, unless there is only one
  const liste = page.getByRole('table').getByRole('link');
  if (await liste.count()) {
    await vu(`${nom}-liste`);
    await liste.first().click();
  }
  await vu(`${nom}-dossier`);
  if (motif) {
    await page.locator('summary', { hasText: action }).click();
    await page.locator('details[open] textarea').last().fill(motif);
  }
  await page.getByRole('button', { name: action, exact: true }).click();
  await vu(`${nom}-decide`);
}

/// Runs `parcours(page, vu, adresse, ecran)` in each of these screens, each with an empty data folder of its own; `vu(nom)` checks
/// the page. Ends the process with the number of faults as its word.
export async function lance(ecrans, parcours) {
  const navigateur = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
  try {
    for (const { ecran, taille, script } of ecrans) {
      const donnees = mkdtempSync(join(tmpdir(), 'guichet-navigateur-'));
      const { adresse, arrete } = await serveur(join(donnees, 'data'));
      try {
        const contexte = await navigateur.newContext({ viewport: taille, javaScriptEnabled: script, locale: 'fr-FR', bypassCSP: true });
        const page = await contexte.newPage();
        page.on('request', (r) => { if (!r.url().startsWith(adresse)) faute(`asks ${r.url()}`); });
        page.on('response', (r) => { if (r.status() >= 500) faute(`${r.status()} ${r.url()}`); });
        await parcours(page, (nom) => controle(page, ecran, script, nom), adresse, { ecran, taille, script, donnees: join(donnees, 'data') });
        await contexte.close();
      } finally {
        arrete();
        rmSync(donnees, { recursive: true, force: true });
      }
    }
  } finally {
    await navigateur.close();
  }
  if (fautes > 0) throw new Error(`${fautes} faults`);
}
