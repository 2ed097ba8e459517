// The Caisse des écoles of Paris: a family files every démarche by the generated pages, an agent decides them.
import assert from 'node:assert/strict';
import { ECRANS, decide, depose, entre, horloge, lance } from './commun/outils.mjs';

const TITRES = {
  entourage: 'Ajouter un membre à ma famille',
  inscription: 'Inscrire mon enfant au restaurant scolaire',
  prelevement: 'Adhérer au prélèvement automatique',
  adresse: "Changer d'adresse postale",
  telephone: 'Changer de téléphone',
  courriel: "Changer d'adresse électronique",
  formule: 'Changer de jours de repas',
  absence: 'Signaler une absence pour maladie',
  radiation: 'Radier mon enfant du restaurant scolaire',
  question: 'Poser une question à la Caisse des écoles',
};

// every démarche on a phone without script and on a desktop with it; the longest on the two others
await lance(ECRANS, async (page, vu, adresse, { taille, script }) => {
  const tout = script === taille.width > 1000;
  const voit = (nom) => vu(`caisse-des-ecoles-${nom}`);
  const accueil = `${adresse}/caisse-des-ecoles-paris/`;
  const famille = async () => { await page.goto(accueil); await entre(page, /^Famille Durand/); };
  const agent = async () => { await page.goto(accueil); await entre(page, /^Agent/); };
  const envoie = async (nom, contenu) => {
    await page.goto(accueil);
    await depose(page, voit, nom, { titre: TITRES[nom], ...contenu });
    assert.match(await page.textContent('main'), /déposée|posée/i, `${nom} is filed`);
  };
  const tranche = async (nom, action, motif) => {
    await agent();
    await decide(page, voit, `agent-${nom}`, { titre: new RegExp(`^${TITRES[nom]}`), action, motif });
  };

  await page.goto(accueil);
  await horloge(page, '2024-06-01', '10:00:00');
  await voit('00-accueil');
  await famille();
  await voit('01-famille');

  await envoie('entourage', { reponses: [['Cette personne est', 'Un enfant du foyer'], [/^Nom/, 'Durand'], [/^Prénom/, 'Max'], [/^Date de naissance/, '2019-03-04']] });
  await tranche('entourage', 'Valider');
  await famille();
  await envoie('inscription', {
    enfant: /^Léa/, date: '2024-05-02',
    reponses: [
      [/^École/, 'École élémentaire du ressort de la Caisse'], [/^Classe/, 'CP'], [/première inscription/, 'Oui'],
      [/garde alternée/, 'Oui'], [/Vos semaines de garde/, 'Semaines paires'], [/Jours où votre enfant déjeune/, ['Lundi', 'Jeudi']],
      [/allocataire de la CAF/, 'Oui'], [/^Quotient familial/, '548'],
    ],
  });
  // les réponses décident des documents : CAF, première inscription, garde alternée
  const documents = await page.locator('main').innerText();
  for (const nom of [/Bulletin d.inscription/, /Attestation de paiement CAF/, /Livret de famille ou extrait/, /Jugement de divorce/]) assert.match(documents, nom);
  await tranche('inscription', 'Valider');
  if (!tout) return;
  await famille();
  await envoie('prelevement', { reponses: [[/par prélèvement/, 'Oui'], [/^Titulaire/, 'Camille Durand']] });
  await envoie('adresse', { reponses: [[/^Numéro et/, '1 rue des Écoles'], [/^Code postal/, '75013'], [/^Commune/, 'Paris']] });
  await envoie('telephone', { reponses: [[/^Téléphone/, '01 02 03 04 05']] });
  await envoie('courriel', { reponses: [[/^Adresse électronique/, 'camille@exemple.fr']] });
  await envoie('question', { reponses: [[/^Nom et prénom/, 'Camille Durand'], [/^Adresse électronique/, 'camille@exemple.fr'], [/^Votre question/, 'Quand ouvre l’accueil ?']] });
  for (const nom of ['prelevement', 'adresse', 'telephone', 'courriel']) await tranche(nom, 'Valider');
  await tranche('question', 'Répondre', 'Du lundi au vendredi.');

  // en cours d'année : la formule ne change qu'avec l'accord de la direction
  await page.goto(accueil);
  await horloge(page, '2025-01-06', '10:00:00');
  await famille();
  await envoie('formule', { enfant: /^Léa/, reponses: [[/Jours où votre enfant déjeunera/, ['Lundi', 'Mardi', 'Jeudi', 'Vendredi']], [/^Raison/, 'Reprise du travail']] });
  await envoie('absence', { enfant: /^Léa/, date: '2025-01-05', reponses: [[/^Premier jour/, '2025-01-06']] });
  await envoie('radiation', { enfant: /^Tom/, reponses: [[/^Raison/, 'Déménagement']] });
  await tranche('formule', 'Transmettre à la direction');
  await tranche('formule', 'Donner son accord');
  await tranche('absence', 'Valider');
  await tranche('radiation', 'Refuser', 'Tom n’est pas inscrit.');
  await famille();
  await voit('02-famille-apres');
});
console.log('caisse-des-ecoles-paris: ok');
