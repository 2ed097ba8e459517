// Donges: a family changes its address, enrols a child at school and canteen, asks for a place at the multi-accueil, which the
// commission gives; each service decides.
import assert from 'node:assert/strict';
import { ECRANS, decide, depose, entre, horloge, lance } from './commun/outils.mjs';

const TITRES = {
  coordonnees: 'Changer mes coordonnées',
  inscription_scolaire: 'Inscription scolaire et en restauration',
  preinscription_multi_accueil: 'Pré-inscription en accueil régulier',
  inscription_multi_accueil: 'Inscription au multi-accueil',
};

await lance(ECRANS, async (page, vu, adresse) => {
  const voit = (nom) => vu(`donges-${nom}`);
  const accueil = `${adresse}/donges/`;
  const famille = async () => { await page.goto(accueil); await entre(page, /^Famille Durand/); };
  const envoie = async (nom, contenu) => {
    await famille();
    await depose(page, voit, nom, { titre: TITRES[nom], date: '2025-07-10', ...contenu });
    assert.match(await page.textContent('main'), /déposée|envoyée/i, `${nom} is filed`);
  };
  const tranche = async (nom, action, motif) => {
    await page.goto(accueil);
    await entre(page, /^Agent/);
    await decide(page, voit, `agent-${nom}`, { titre: new RegExp(`^${TITRES[nom]}`), action, motif });
  };

  await page.goto(accueil);
  await horloge(page, '2025-07-15', '10:00:00');
  await voit('00-accueil');
  await famille();
  await voit('01-famille');

  await envoie('coordonnees', {
    reponses: [[/^Numéro et/, '1 rue de la Gare'], [/^Code postal/, '44480'], [/^Commune/, 'Donges'], [/^Téléphone/, '02 40 00 00 00'], [/^(Courriel|Adresse électronique)/, 'camille@exemple.fr']],
  });
  await tranche('coordonnees', 'Valider');

  const ecole = [[/^École/, 'École Saint-Joseph'], [/^Classe/, 'CE1'], [/^Situation/, 'Ensemble'], [/^Services voulus/, ['Restauration scolaire']], [/^Régime/, 'Standard'], [/^Mode de paiement/, 'Prélèvement']];
  await envoie('inscription_scolaire', { enfant: /^Léa/, reponses: ecole });
  await tranche('inscription_scolaire', 'Demander un complément', 'Le livret de famille est illisible.');
  assert.match(await page.textContent('main'), /complément|compléter/i);

  await envoie('preinscription_multi_accueil', { enfant: /^Tom/, reponses: [[/^Accueil souhaité/, '2025-09-01'], [/^Jours souhaités/, ['Lundi', 'Jeudi']]] });
  await tranche('preinscription_multi_accueil', 'Inscrire à la prochaine commission');
  // sans l'avis de la commission, aucune place
  await page.goto(accueil);
  await entre(page, /^Agent/);
  await page.getByRole('table').getByRole('link', { name: TITRES.preinscription_multi_accueil }).first().click();
  await page.getByRole('rowheader').getByRole('link').first().click();
  await page.getByRole('button', { name: 'Attribuer une place' }).click();
  assert.match(await page.textContent('main'), /Aucun avis n’est enregistré/);
  await page.getByRole('radio', { name: 'Favorable', exact: true }).check();
  await page.locator('#avis-texte').fill('Commission de novembre : une place le lundi et le jeudi.');
  await voit('agent-avis');
  await page.getByRole('button', { name: 'Noter cet avis' }).click();
  assert.match(await page.textContent('main'), /Avis favorable.*Commission de novembre/s);
  await voit('agent-avis-note');
  await tranche('preinscription_multi_accueil', 'Attribuer une place');

  await envoie('inscription_multi_accueil', {
    enfant: /^Tom/,
    reponses: [[/^Situation/, 'Séparés'], [/^Caisse/, 'CAF'], [/^Numéro d.allocataire/, '1234567'], [/^Médecin/, 'Dr Marin, 02 40 00 00 01'], [/^Mode de paiement/, 'Carte']],
  });
  await tranche('inscription_multi_accueil', 'Valider');
  await famille();
  await voit('02-famille-apres');
});
console.log('donges: ok');
