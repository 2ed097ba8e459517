// Chalonnes-sur-Loire: a family files every démarche by the generated pages, the services that manage them decide.
import assert from 'node:assert/strict';
import { ECRANS, decide, depose, entre, horloge, lance } from './commun/outils.mjs';

const TITRES = {
  entourage: 'Ajouter une personne à mon entourage',
  suppression_contact: 'Retirer une personne de mon entourage',
  adhesion: 'Facture en ligne et prélèvement',
  coordonnees: 'Modifier mes données personnelles',
  inscription_aps: 'Inscription à l\'accueil périscolaire (APS)',
  inscription_restauration: 'Inscription à la restauration scolaire',
  inscription_goulidons: 'Inscription aux Goulidons',
};

await lance(ECRANS, async (page, vu, adresse) => {
  const voit = (nom) => vu(`chalonnes-${nom}`);
  const accueil = `${adresse}/chalonnes-sur-loire/`;
  const famille = async (qui = /^Famille Durand/) => { await page.goto(accueil); await entre(page, qui); };
  const agent = async () => { await page.goto(accueil); await entre(page, /^Agent/); };
  const envoie = async (nom, contenu) => {
    await page.goto(accueil);
    await depose(page, voit, nom, { titre: TITRES[nom], ...contenu });
    assert.match(await page.textContent('main'), /déposée|envoyée/i, `${nom} is filed`);
  };
  const tranche = async (nom, action, motif) => {
    await agent();
    await decide(page, voit, `agent-${nom}`, { titre: new RegExp(`^${TITRES[nom].replace(/[()]/g, '\\$&')}`), action, motif });
  };

  await page.goto(accueil);
  await horloge(page, '2025-07-01', '10:00:00');
  await voit('00-accueil');
  await famille();
  await voit('01-famille');

  await envoie('entourage', { reponses: [['Cette personne est', 'Un contact'], [/^Nom/, 'Noir'], [/^Prénom/, 'Luc'], [/^Téléphone/, '02 41 00 00 00']] });
  await tranche('entourage', 'Valider');
  await famille();
  await envoie('suppression_contact', { reponses: [[/^Son nom/, 'Noir'], [/^Son prénom/, 'Luc'], [/^Le service/, 'Les Goulidons']] });
  assert.match(await page.textContent('main'), /Demande envoyée aux Goulidons/);
  await tranche('suppression_contact', 'La personne est retirée');
  await famille();
  await envoie('adhesion', { reponses: [[/factures en ligne/, 'Oui'], [/prélèvement/, 'Non']] });
  await envoie('coordonnees', {
    reponses: [[/^Numéro et/, '1 rue de la Loire'], [/^Code postal/, '49290'], [/^Commune/, 'Chalonnes-sur-Loire'], [/^Téléphone/, '02 41 00 00 00'], [/^Adresse électronique/, 'camille@exemple.fr']],
  });
  await tranche('adhesion', 'Valider');
  await tranche('coordonnees', 'Refuser', 'L’adresse est illisible.');

  // the canteen of the private school is not on the portal
  await famille(/^Famille Martin/);
  await page.getByRole('link', { name: TITRES.inscription_restauration, exact: true }).first().click();
  await page.getByRole('radio', { name: /^Zoé/ }).check();
  await page.getByRole('button', { name: 'Commencer ma demande' }).click();
  await page.getByRole('link', { name: 'Continuer' }).click(); // « Mes informations »
  await page.getByLabel('École privée de Chalonnes').check();
  await page.getByLabel(/^Classe/).selectOption({ label: 'CE1' });
  await page.getByRole('button', { name: 'Continuer' }).click();
  await voit('02-ecole-privee');

  await famille();
  for (const nom of ['inscription_aps', 'inscription_restauration', 'inscription_goulidons']) {
    await envoie(nom, { enfant: /^Léa/, reponses: [[/^École/, 'École publique de Chalonnes'], [/^Classe/, 'CP']] });
  }
  await tranche('inscription_aps', 'Valider');
  await tranche('inscription_restauration', 'Valider');
  await tranche('inscription_goulidons', 'Demander un complément', 'La copie des vaccins est illisible.');

  // 72 hours before noon on Thursday 18 September, and one minute later
  const reserve = async (quand) => {
    await page.goto(accueil);
    await horloge(page, '2025-09-15', quand);
    await famille();
    await page.getByRole('link', { name: 'Réserver', exact: true }).click();
    await page.getByRole('radio', { name: 'Léa' }).check();
    await page.getByLabel(/^Quel service/).selectOption('repas');
    await page.getByLabel(/^Quel jour/).fill('2025-09-18');
    await page.getByRole('button', { name: /^Voir le prix/ }).click();
    return (await page.textContent('main'));
  };
  assert.match(await reserve('11:59:00'), /3,15\s€/);
  await voit('03-reserver-a-temps');
  assert.match(await reserve('12:01:00'), /4,60\s€/);
  await voit('04-reserver-tard');
  assert.match(await page.textContent('main'), /montant d['’]exemple, non voté/i);
  await famille();
  await voit('05-famille-apres');
});
console.log('chalonnes-sur-loire: ok');
