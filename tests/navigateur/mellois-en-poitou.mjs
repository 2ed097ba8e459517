// Mellois en Poitou: a family that arrives files every démarche by the generated pages, an agent decides them.
import assert from 'node:assert/strict';
import { ECRANS, decide, depose, entre, horloge, lance } from './commun/outils.mjs';

const TITRES = {
  entourage: 'Déclarer mon entourage',
  dossier_administratif: 'Dossier administratif de l\'enfant',
  inscription_restauration: 'Inscription à la restauration scolaire',
  inscription_garderie: 'Inscription à la garderie',
  inscription_tap: 'Inscription aux temps d\'activités périscolaires (TAP)',
  inscription_halte_garderie: 'Inscription à la halte-garderie',
  inscription_acm: 'Inscription à l\'accueil collectif de mineurs',
  inscription_jeunes: 'Inscription à l\'accueil de jeunes',
};

await lance(ECRANS, async (page, vu, adresse) => {
  const voit = (nom) => vu(`mellois-${nom}`);
  const accueil = `${adresse}/mellois-en-poitou/`;
  const famille = async () => { await page.goto(accueil); await entre(page, /^Famille Durand/); };
  const agent = async () => { await page.goto(accueil); await entre(page, /^Agent/); };
  const envoie = async (nom, contenu) => {
    await page.goto(accueil);
    await depose(page, voit, nom, { titre: TITRES[nom], ...contenu });
    assert.match(await page.textContent('main'), /déposée/i, `${nom} is filed`);
  };
  const tranche = async (nom, action, motif) => {
    await agent();
    await decide(page, voit, `agent-${nom}`, { titre: new RegExp(`^${TITRES[nom].replace(/[()]/g, '\\$&')}`), action, motif });
  };

  await page.goto(accueil);
  await horloge(page, '2021-06-15', '10:00:00');
  await voit('00-accueil');
  await famille();
  await voit('01-famille');

  await envoie('entourage', {
    reponses: [
      ['Cette personne est', 'Le co-représentant légal'], [/^Civilité/, 'Monsieur'], [/^Nom d'usage/, 'Durand'], [/^Prénom/, 'Sacha'],
      [/^Numéro et/, '2 rue des Fusains'], [/^Code postal/, '79500'], [/^Commune/, 'Melle'],
    ],
  });
  await tranche('entourage', 'Valider');

  // before the file is validated, the canteen says why it is closed
  await famille();
  await page.getByRole('link', { name: TITRES.inscription_restauration, exact: true }).first().click();
  await page.getByRole('radio', { name: /^Léa/ }).check();
  await page.getByRole('button', { name: 'Commencer ma demande' }).click();
  assert.match(await page.textContent('main'), /dossier administratif de l'enfant n'est pas encore validé/);
  await voit('02-activite-fermee');

  // every situation: each asks for its documents
  const oui = ['garde alternée', 'interdiction', 'PAI', 'prélèvement', 'certifie'].map((l) => [new RegExp(l), 'Oui']);
  await envoie('dossier_administratif', { enfant: /^Léa/, reponses: [[/^École/, 'École de la communauté de communes'], [/^Classe/, 'CP'], ...oui] });
  await tranche('dossier_administratif', 'Commencer l\'instruction');
  await tranche('dossier_administratif', 'Valider');

  await famille();
  for (const nom of ['inscription_restauration', 'inscription_garderie', 'inscription_tap']) {
    await envoie(nom, { enfant: /^Léa/, reponses: [[/^À partir du/, '2021-09-02']] });
  }
  await tranche('inscription_restauration', 'Valider');
  await tranche('inscription_garderie', 'Valider');
  await tranche('inscription_tap', 'Refuser', 'Il n’y a plus de place aux TAP.');

  // on 15 June the activities of September are not open
  await famille();
  await page.getByRole('link', { name: TITRES.inscription_acm, exact: true }).first().click();
  assert.match(await page.textContent('main'), /Cette démarche ouvre le mercredi 1er septembre 2021/);
  assert.equal(await page.getByRole('button', { name: 'Commencer ma demande' }).count(), 0);
  await voit('03-activite-pas-ouverte');

  await page.goto(accueil);
  await horloge(page, '2021-09-01', '10:00:00');
  await famille();
  for (const nom of ['inscription_halte_garderie', 'inscription_acm', 'inscription_jeunes']) {
    await envoie(nom, { enfant: /^Léa/, reponses: [[/^À partir du/, '2021-09-06']] });
  }
  await tranche('inscription_halte_garderie', 'Valider');
  await tranche('inscription_acm', 'Demander un complément', 'Quels jours de la semaine ?');
  await tranche('inscription_jeunes', 'Refuser', 'Léa n’a pas l’âge de l’accueil de jeunes.');
  await famille();
  await voit('04-famille-apres');
});
console.log('mellois-en-poitou: ok');
