// From a family that the town already knows to its account, as each town's own guide tells it, in its order: Ham's letter (steps 1
// and 2), Mellois (both cases), Donges (steps 1 and 2), the Caisse's questions, Chalonnes (1 and 2).
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync, copyFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ECRANS, depose, entre, guichet, lance, racine } from './commun/outils.mjs';

const MOT = 'velo-tomate-lune-42';
const EXEMPLE = join(racine, 'tests/fixtures/import');

// what the other walks see without a script is not seen again here
await lance(ECRANS.filter((e) => e.script), async (page, vu, adresse, { donnees }) => {
  const dit = async (texte) => assert.match(await page.textContent('main'), texte);
  const sort = async () => { const b = page.getByRole('button', { name: 'Se déconnecter', exact: true }); if (await b.count()) await b.click(); };
  const chez = async (slug, qui) => { await sort(); await page.goto(`${adresse}/${slug}/`); if (qui) await entre(page, qui); };

  /// The newest link in a letter to that address.
  const lien = async (courriel) => {
    for (let essai = 0; essai < 80; essai += 1) {
      await page.goto(`${adresse}/_courrier`);
      const lettre = page.locator('article', { hasText: `à ${courriel}` }).locator('a[href*="/compte/lien/"]').first();
      if (await lettre.count()) return adresse + new URL(await lettre.getAttribute('href')).pathname;
      await page.waitForTimeout(250);
    }
    throw new Error(`no letter to ${courriel}`);
  };
  const accepte = async () => { const cgu = page.getByLabel('J’accepte'); if (await cgu.count()) await cgu.check(); };

  /// Asks for a space, in the town's order, and opens it by the letter's link.
  const cree = async (slug, voit, { courriel, nom, lieu: [voie, code, commune], cle, naissance }) => {
    await chez(slug);
    await page.getByRole('link', { name: 'Créer mon espace famille' }).click();
    await voit('creation');
    if (cle) { await page.getByLabel(/^Clé enfance/).fill(cle); await page.getByLabel(/^Date de naissance d’un/).fill(naissance); }
    await page.getByLabel('Nom d’usage').fill('Durand');
    await page.getByLabel('Prénom').fill('Camille');
    await page.getByLabel('Numéro et rue').fill(voie);
    await page.getByLabel('Code postal').fill(code);
    await page.getByRole('group', { name: 'Adresse du foyer' }).getByLabel(/^Commune/).fill(commune);
    await page.getByRole('textbox', { name: /^Adresse électronique/ }).fill(courriel);
    await page.getByRole('textbox', { name: /^Téléphone/ }).fill('06 12 34 56 78');
    if (nom) await page.getByLabel(/^Nom d’utilisateur/).fill(nom);
    await page.locator('[name=_mot_de_passe]').fill(MOT);
    await page.locator('[name=_encore]').fill(MOT);
    await accepte();
    await page.waitForTimeout(2100);
    await page.getByRole('button', { name: 'Créer mon espace' }).click();
    await page.getByRole('heading', { name: 'Regardez vos courriels' }).waitFor();
    await page.goto(await lien(courriel));
    await page.getByLabel(/^Mot de passe/).first().fill(MOT);
    await page.getByRole('button', { name: 'Activer mon espace' }).click();
  };

  // Chalonnes 1: « Vous pouvez vous connecter avec votre identifiant et mot de passe habituel », then état civil and entourage
  {
    const voit = (nom) => vu(`guide-chalonnes-${nom}`);
    guichet('import', 'chalonnes-sur-loire', EXEMPLE, '--communes', join(racine, 'communes'), '--data', donnees, '--logiciel', 'Espace Famille');
    await page.goto(`${adresse}/chalonnes-sur-loire/premiere-visite`);
    await voit('00-premiere-visite');
    await page.goto(`${adresse}/chalonnes-sur-loire/connexion`);
    await page.getByLabel(/^Identifiant/).fill('anais.riviere');
    await page.getByLabel(/^Mot de passe/).fill('mon ancien mot 7');
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByRole('heading', { name: 'Vérifiez votre dossier' }).waitFor();
    await dit(/Lila Rivière/);
    await voit('01-verification');
    await accepte();
    await page.getByRole('button', { name: 'Tout est exact' }).click();
    await dit(/votre dossier est vérifié/);
    await voit('02-accueil');
    // 2: the registration opens on the family's own children
    await page.getByRole('link', { name: /restauration/i }).first().click();
    await dit(/Lila/);
    await voit('03-inscription');
    // a contact is not taken away by oneself
    await page.goto(`${adresse}/chalonnes-sur-loire/foyer`);
    await dit(/Vous ne pouvez pas retirer une personne vous-même/);
    await voit('04-foyer');
    await page.goto(await lien('maud.oeillet@exemple.fr'));
    await voit('05-activation');
    await page.locator('[name=_nouveau]').fill(MOT);
    await page.locator('[name=_encore]').fill(MOT);
    await accepte();
    await page.getByRole('button', { name: 'Activer mon espace' }).click();
    await dit(/Jeanne Œillet/);
    await page.getByRole('button', { name: 'Modifier mes données personnelles' }).click();
    await voit('06-correction');
  }

  // Mellois, case 1: the mail, the link, one's own password, the terms; and without a mail, the key at the padlock
  {
    const [slug, voit] = ['mellois-en-poitou', (nom) => vu(`guide-mellois-${nom}`)];
    await chez(slug, /^Agent/);
    await page.getByRole('link', { name: 'Espaces à ouvrir' }).click();
    await page.getByLabel(/^Nom, ou nom et prénom/).fill('durand');
    await page.getByRole('button', { name: 'Chercher' }).click();
    await voit('00-espace-a-ouvrir');
    await page.getByLabel(/^Adresse électronique de/).fill('camille.mellois@exemple.fr');
    await page.getByRole('button', { name: /^Ouvrir son espace/ }).click();
    await dit(/un courriel part/);
    await sort();
    await page.goto(await lien('camille.mellois@exemple.fr'));
    await dit(/votre famille y est déjà/);
    await voit('01-activation');
    await page.locator('[name=_nouveau]').fill(MOT);
    await page.locator('[name=_encore]').fill(MOT);
    await accepte();
    await page.getByRole('button', { name: 'Activer mon espace' }).click();
    await dit(/Votre espace est actif/);
    await page.getByRole('link', { name: 'Dossier administratif', exact: false }).first().click();
    await dit(/Léa/);
    await voit('02-dossier-administratif');
    await chez(slug, /^Agent/);
    await page.goto(`${adresse}/${slug}/agent/cles`);
    await page.getByLabel(/^Nom, ou nom et prénom/).fill('martin');
    await page.getByRole('button', { name: 'Chercher' }).click();
    await voit('03-cle-au-telephone');
    await page.getByRole('button', { name: /^Faire une clé/ }).first().click();
    const cle = (await page.locator('p.cle').first().textContent()).trim();
    await voit('04-lettre');
    await cree(slug, (nom) => voit(`05-cadenas-${nom}`), { courriel: 'dominique.mellois@exemple.fr', lieu: ['2 rue des Fusains', '79500', 'Melle'], cle, naissance: '2017-02-23' });
    await dit(/relié à votre famille/);
    // case 2: a family that arrives
    await cree(slug, async () => {}, { courriel: 'neuve.mellois@exemple.fr', lieu: ['2 rue des Fusains', '79500', 'Melle'] });
    await dit(/Votre espace est actif/);
    await voit('06-nouvelle-famille');
    await depose(page, voit, '07-entourage', { titre: 'Déclarer mon entourage', reponses: [['Cette personne est', 'Un membre du foyer'], [/^Civilité/, 'Madame'], [/^Nom d'usage/, 'Durand'], [/^Prénom/, 'Nina'], [/^Date de naissance/, '2019-03-03'], [/^Numéro et/, '2 rue des Fusains'], [/^Code postal/, '79500'], [/^Commune/, 'Melle']] });
    await dit(/déposée/i);
  }

  // Donges 1: the key that came by post is typed first; 2: one enters with what one chose
  {
    const [slug, voit] = ['donges', (nom) => vu(`guide-donges-${nom}`)];
    await chez(slug, /^Agent/);
    await page.goto(`${adresse}/${slug}/agent/cles`);
    await page.getByLabel(/^Nom, ou nom et prénom/).fill('durand');
    await page.getByRole('button', { name: 'Chercher' }).click();
    await page.getByRole('button', { name: /^Faire une clé/ }).first().click();
    const cle = (await page.locator('p.cle').first().textContent()).trim();
    await cree(slug, (nom) => voit(`00-${nom}`), { courriel: 'camille.donges@exemple.fr', lieu: ['1 rue de la Gare', '44480', 'Donges'], cle, naissance: '2018-05-14' });
    await dit(/relié à votre famille/);
    await voit('01-relie');
    await sort();
    await page.goto(`${adresse}/${slug}/connexion`);
    await page.getByLabel(/^Identifiant/).fill('camille.donges@exemple.fr');
    await page.getByLabel(/^Mot de passe/).fill(MOT);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.goto(`${adresse}/${slug}/foyer`);
    await dit(/Léa Durand/);
  }

  // The Caisse's questions: a space of one's own, the partner's account linked once, the preferred contact in each request
  {
    const [slug, voit] = ['caisse-des-ecoles-paris', (nom) => vu(`guide-caisse-${nom}`)];
    const dossier = mkdtempSync(join(tmpdir(), 'guichet-partenaires-'));
    for (const f of ['familles', 'responsables', 'enfants']) copyFileSync(join(EXEMPLE, `${f}.csv`), join(dossier, `${f}.csv`));
    writeFileSync(join(dossier, 'partenaires.csv'), 'personne;code\nR1;OPUS-4471\n');
    guichet('import', slug, dossier, '--communes', join(racine, 'communes'), '--data', donnees, '--logiciel', 'Concerto');
    await cree(slug, async () => {}, { courriel: 'anais.caisse@exemple.fr', nom: 'anais.r', lieu: ['3 rue des Écoles', '75013', 'Paris'] });
    await dit(/Autres espaces/);
    await voit('00-accueil');
    await page.getByRole('link', { name: /^Relier mon compte/ }).click();
    await page.getByLabel(/^Votre identifiant ou code/).fill('OPUS-4471');
    await page.getByLabel(/^Date de naissance/).fill('2018-05-14');
    await voit('01-partenaire');
    await page.getByRole('button', { name: 'Relier mon espace' }).click();
    await dit(/relié à votre famille/);
    await voit('02-relie');
    await page.getByRole('link', { name: 'Changer de téléphone', exact: true }).first().click();
    await page.getByRole('button', { name: 'Commencer ma demande' }).click();
    await page.getByLabel('Par téléphone').check();
    await page.getByRole('button', { name: 'Garder ce choix' }).click();
    assert.equal(await page.getByLabel('Par téléphone').isChecked(), true);
    await voit('03-contact-prefere');
  }

  // Ham 1 and 2: the space, the entourage « Demande déposée », the service attaches the account, the tiles open
  {
    const [slug, voit] = ['ham', (nom) => vu(`guide-ham-${nom}`)];
    await cree(slug, async () => {}, { courriel: 'camille.ham@exemple.fr', lieu: ['12 rue de Noyon', '80400', 'Ham'] });
    await dit(/vous n’avez rien à faire/);
    await voit('00-espace');
    await depose(page, voit, '01-entourage', { titre: 'Déclarer votre entourage', reponses: [['Cette personne est', 'Un membre du foyer'], [/^Nom/, 'Durand'], [/^Prénom/, 'Lou'], [/^Date de naissance/, '2019-04-04'], [/^Commune de naissance/, 'Ham']] });
    await dit(/Demande Déposée|déposée/i);
    await chez(slug, /^Agent/);
    await page.getByRole('link', { name: 'Comptes à rattacher' }).click();
    await voit('02-a-rattacher');
    await page.getByRole('button', { name: /^C’est une nouvelle famille/ }).first().click();
    await dit(/prévenue par courriel/);
  }
});
console.log('guides: ok');
