// The walk of README.md in a real browser: a phone of 360 px and a desktop, with and without scripts.
import assert from 'node:assert/strict';
import { ECRANS, entre, horloge, joint, lance } from './commun/outils.mjs';

await lance(ECRANS, async (page, vu, adresse) => {
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
  await page.getByRole('link', { name: 'Continuer' }).click(); // « Mes informations »
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
  await joint(page, '2025-08-20');
  await page.getByRole('link', { name: 'Continuer' }).click();
  await vu('08-recapitulatif');
  await page.getByRole('button', { name: 'Envoyer ma demande' }).click();
  await vu('09-suivi');

  await entre(page, /^Agent/);
  await vu('10-agent-travail');
  await page.getByRole('table').getByRole('link').first().click();
  await vu('11-agent-liste');
  await page.getByRole('rowheader').getByRole('link').first().click();
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
  const devis = page.getByRole('region', { name: 'Avant de confirmer' });
  assert.match(await devis.textContent(), /Repas de Léa, jeudi 4 septembre 2025/);
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
});
console.log('browser walk: ok');
