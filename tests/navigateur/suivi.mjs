// Requests followed both ways, at Ham: an appointment without an account and its secret link, messages and documents asked
// between a family and the service, several days booked on one form, the certificate that the acceptance makes.
import assert from 'node:assert/strict';
import { ECRANS, depose, entre, horloge, lance } from './commun/outils.mjs';

await lance(ECRANS, async (page, vu, adresse) => {
  const voit = (nom) => vu(`suivi-${nom}`);
  const ham = `${adresse}/ham/`;
  const titre = (nom) => page.getByRole('link', { name: nom, exact: true }).first();
  const onglet = (nom) => page.locator('nav').getByRole('link', { name: nom, exact: true });
  const texte = () => page.textContent('main');
  // what a worker makes is there some moments after the act
  const attend = async (lien) => {
    for (let n = 0; n < 40 && !await lien.count(); n += 1) {
      await page.waitForTimeout(500);
      await page.reload();
    }
    return new URL(await lien.getAttribute('href'), adresse).pathname;
  };

  await page.goto(ham);
  await horloge(page, '2025-07-24', '10:00:00');
  await titre('Réserver un ordinateur à l\'espace Luciani').click();
  await voit('01-sans-compte');
  await page.getByRole('button', { name: 'Commencer ma demande' }).click();
  await voit('02-creneaux');
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Prendre ce rendez-vous' }).click();
  await voit('03-creneau-pris');
  await page.getByRole('link', { name: 'Continuer' }).click();
  await page.getByLabel(/^Prénom/).fill('Alix');
  await page.getByLabel(/^Nom/).fill('Roche');
  await page.getByLabel(/^(Courriel|Adresse électronique)/).fill('alix@exemple.fr');
  await page.getByRole('button', { name: 'Continuer' }).click();
  await voit('04-recapitulatif');
  await page.getByRole('button', { name: 'Réserver', exact: true }).click();
  await voit('05-confirme');
  assert.match(await texte(), /25 juillet 2025 à 10 h/);
  await page.goto(`${adresse}/_courrier`);
  const lien = page.getByRole('link', { name: /\/ham\/suivi\/[0-9a-f]{64}/ }).first();
  const secret = await attend(lien);
  await page.context().clearCookies();
  await page.goto(adresse + secret);
  await voit('06-lien-secret');

  await page.goto(ham);
  await entre(page, /^Famille Durand/);
  await depose(page, voit, 'entourage', {
    titre: 'Déclarer votre entourage',
    reponses: [['Cette personne est', 'Un contact'], [/^Nom/, 'Noir'], [/^Prénom/, 'Luc'], [/^Téléphone/, '03 22 00 00 00']],
  });
  await onglet(/^Échanges/).click();
  await page.locator('textarea').fill('Luc vient le mardi seulement. Est-ce possible ?');
  await page.getByRole('button', { name: /^Envoyer/ }).click();
  await voit('07-echanges');
  await onglet('Demandeur').click();
  await voit('08-demandeur');
  await onglet('Historique').click();
  await voit('09-historique');
  await page.goto(`${ham}demandes`);
  await voit('10-mes-demandes');
  await entre(page, /^Agent/);
  await page.goto(ham);
  await page.locator('nav').getByRole('link', { name: 'Demandes' }).click();
  await page.getByRole('table').getByRole('link', { name: 'Déclarer votre entourage' }).first().click();
  await page.getByRole('rowheader').getByRole('link').first().click();
  await onglet(/^Échanges/).click();
  await voit('11-agent-echanges');
  await page.getByRole('button', { name: /Lire|Ouvrir/ }).first().click();
  await voit('12-agent-message-lu');

  await page.goto(ham);
  await entre(page, /^Famille Durand/);
  await depose(page, voit, 'inscription', {
    titre: 'Dossier santé et inscription aux services', enfant: /^Léa/, date: '2025-07-20',
    reponses: [[/^École/, 'École Jean Zay'], [/^Classe/, 'CP'], [/^Services voulus/, ['Restauration scolaire']], [/^Régime/, 'Standard']],
  });
  await onglet('Pièces').click();
  await voit('13-pieces');
  await entre(page, /^Agent/);
  await page.goto(ham);
  await page.locator('nav').getByRole('link', { name: 'Demandes' }).click();
  await page.getByRole('table').getByRole('link', { name: /^Dossier santé/ }).first().click();
  await page.getByRole('rowheader').getByRole('link').first().click();
  await onglet('Demander des pièces').click();
  await voit('14-agent-demander-des-pieces');
  const dossier = page.url().replace(/\/pieces.*/, '');
  await page.goto(dossier);
  await page.getByRole('button', { name: 'Valider', exact: true }).click();
  await page.goto(dossier);
  await page.goto(adresse + await attend(page.getByRole('link', { name: /Attestation d.inscription/ }).first()));
  await voit('15-attestation');
  // the checks above put the policy aside: here it is enforced, and lets the document's own style in
  const stricte = await page.context().browser().newContext({ storageState: await page.context().storageState() });
  const imprime = await stricte.newPage();
  await imprime.goto(page.url());
  assert.equal(await imprime.evaluate(() => getComputedStyle(globalThis.document.body).maxWidth), '672px');
  await stricte.close();

  await page.goto(ham);
  await horloge(page, '2025-09-01', '10:00:00');
  await entre(page, /^Famille Durand/);
  await page.getByRole('link', { name: 'Réserver', exact: true }).click();
  await page.getByRole('radio', { name: 'Léa' }).check();
  await page.getByLabel(/^Quel service/).selectOption('repas');
  await page.getByText('Choisir plusieurs jours').click();
  for (const jour of ['2025-09-04', '2025-09-05']) await page.locator(`input[type=checkbox][value="${jour}"]`).check();
  await voit('16-plusieurs-jours');
  await page.getByRole('button', { name: /^Voir le prix/ }).click();
  assert.match(await texte(), /2 jours : 7,00\s€/);
  await voit('17-plusieurs-prix');
  await page.getByRole('button', { name: 'Confirmer la réservation' }).click();
  await voit('18-plusieurs-reserves');
});
console.log('suivi: ok');
