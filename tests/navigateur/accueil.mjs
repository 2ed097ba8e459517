// The towns' pages for parents: the order of the tiles, what is open and when, the search with and without scripts, the
// latest requests, the help and the documents of a procedure with those of whom they are asked.
import assert from 'node:assert/strict';
import { ECRANS, depose, entre, horloge, lance } from './commun/outils.mjs';

await lance(ECRANS, async (page, vu, adresse, { script }) => {
  const voit = (nom) => vu(`accueil-${nom}`);
  const paris = `${adresse}/caisse-des-ecoles-paris/`;
  const tuiles = () => page.locator('section[aria-labelledby="demarches"] li.tuile');
  const titres = async () => (await tuiles().locator('h3').allInnerTexts()).map((t) => t.trim());
  const cherche = async (mots) => {
    await page.getByLabel('Chercher une démarche').fill(mots);
    await page.getByRole('button', { name: 'Chercher' }).click();
  };

  await page.goto(paris);
  await horloge(page, '2024-05-20', '10:00:00');
  await voit('01-avant-ouverture');
  assert.match(await tuiles().nth(0).innerText(), /ouvre le 1er juin 2024/);
  await tuiles().nth(1).getByRole('link').click();
  assert.match(await page.textContent('main'), /Cette démarche ouvre le samedi 1er juin 2024/);
  await page.goto(paris);
  await horloge(page, '2024-06-03', '10:00:00');
  assert.deepEqual((await titres()).slice(0, 3), ['Ajouter un membre à ma famille', 'Inscrire mon enfant au restaurant scolaire', 'Adhérer au prélèvement automatique']);
  assert.match(await tuiles().nth(1).innerText(), /ouverte jusqu’au 23 août 2024/);

  await cherche('Téléphone');
  assert.deepEqual(await titres(), ['Changer de téléphone']);
  await voit('02-recherche');
  await cherche('piscine');
  assert.match(await page.textContent('main'), /Aucune démarche ne correspond à « piscine »/);
  await voit('03-recherche-vide');
  await page.getByRole('link', { name: 'Toutes les démarches' }).click();
  assert.equal((await titres()).length, 11);

  await page.goto(paris);
  await entre(page, /^Famille Durand/);
  await page.getByRole('link', { name: 'Inscrire mon enfant au restaurant scolaire' }).first().click();
  assert.match(await page.textContent('main'), /Attestation de paiement CAF.*, si vous êtes allocataire de la CAF/);
  await voit('04-documents-et-conditions');

  await page.goto(paris);
  await page.getByRole('link', { name: 'Préparer mon dossier avec la Caisse des écoles' }).first().click();
  assert.match(await page.textContent('main'), /5 minutes au plus.*Aide à la saisie/s);
  await page.getByRole('link', { name: 'Aide à la saisie' }).click();
  await voit('05-aide');

  const demandes = [
    ['Changer de téléphone', [[/^Téléphone/, '01 02 03 04 05']]],
    ["Changer d'adresse électronique", [[/^Adresse électronique/, 'camille@exemple.fr']]],
    ["Changer d'adresse postale", [[/^Numéro et/, '1 rue des Écoles'], [/^Code postal/, '75013'], [/^Commune/, 'Paris']]],
    ['Ajouter un membre à ma famille', [['Cette personne est', 'Un enfant du foyer'], [/^Nom/, 'Durand'], [/^Prénom/, 'Max'], [/^Date de naissance/, '2019-03-04']]],
    ['Adhérer au prélèvement automatique', [[/par prélèvement/, 'Oui'], [/^Titulaire/, 'Camille Durand']]],
  ];
  for (const [n, [titre, reponses]] of demandes.entries()) {
    await page.goto(paris);
    await horloge(page, '2024-06-03', `1${n}:30:00`);
    await depose(page, async () => {}, `demande-${n}`, { titre, reponses });
  }
  await page.goto(paris);
  const dernieres = page.locator('section[aria-labelledby="demandes"] h3');
  assert.deepEqual((await dernieres.allInnerTexts()).map((t) => t.trim()), demandes.slice(1).map(([t]) => t).reverse());
  await voit('06-dernieres-demandes');
  await page.getByRole('link', { name: 'Toutes mes demandes' }).click();
  assert.equal(await page.locator('ul.liste > li').count(), 5);
  await voit('07-toutes');

  // a commune is suggested as it is typed; without a script the same text is taken
  await page.goto(paris);
  await entre(page, /^Famille Martin/);
  await page.getByRole('link', { name: "Changer d'adresse postale", exact: true }).click();
  await page.getByRole('button', { name: 'Commencer ma demande' }).click();
  await page.locator('main').getByRole('link', { name: 'Continuer' }).click();
  const commune = page.getByLabel(/^Commune/);
  if (script) {
    const options = commune.locator('xpath=following-sibling::datalist/option');
    await commune.pressSequentially('Abbevil');
    await options.first().waitFor({ state: 'attached' });
    assert.equal(await options.first().getAttribute('value'), 'Abbeville');
    await commune.fill('Abbeville');
    assert.equal(await page.getByLabel(/^Code postal/).inputValue(), '80100');
    await commune.fill('');
    await page.getByLabel(/^Code postal/).fill('75013');
    await page.waitForFunction(() => [...document.querySelectorAll('datalist option')].some((o) => o.value.startsWith('Paris')));
  }
  await commune.fill('Un hameau que personne ne connaît');
  await voit('10-commune');

  await page.goto(`${adresse}/ham/`);
  await horloge(page, '2025-09-20', '10:00:00');
  assert.match(await page.locator('li.tuile', { hasText: 'Réserver un ordinateur' }).innerText(), /close depuis le 14 août 2025/);
  await voit('08-ham-close');
  for (const ville of ['donges', 'mellois-en-poitou', 'chalonnes-sur-loire']) {
    await page.goto(`${adresse}/${ville}/`);
    await voit(`09-${ville}`);
  }
});
console.log('accueil: ok');
