// A family asks for its space as its town's guide tells it, activates it by the link of its letter, enters again, changes its
// password: two towns, with and without scripts.
import assert from 'node:assert/strict';
import { ECRANS, lance } from './commun/outils.mjs';

const MOT = 'velo-tomate-lune-42';
const VILLES = [
  { slug: 'ham', adresse: ['12 rue de Noyon', '80400', 'Ham'], sections: ['Votre identité', 'Votre adresse', 'Vos moyens de contact', 'Vos identifiants', 'Conditions générales d’utilisation'] },
  { slug: 'caisse-des-ecoles-paris', nom: 'camille', adresse: ['3 rue des Écoles', '75011', 'Paris'], sections: ['Votre identité', 'Votre adresse', 'Vos moyens de contact', 'Vos identifiants', 'Conditions générales d’utilisation'] },
];

await lance(ECRANS, async (page, vu, adresse, { script }) => {
  for (const { slug, nom, adresse: [voie, code, commune], sections } of VILLES) {
    const voit = (quoi) => vu(`comptes-${slug}-${quoi}`);
    const courriel = `camille.${slug}@exemple.fr`;
    await page.goto(`${adresse}/${slug}/`);
    await voit('00-accueil');
    await page.getByRole('link', { name: 'Créer mon espace famille' }).click();
    const titres = (await page.getByRole('heading', { level: 2 }).allTextContents()).map((t) => t.replace(/^\s*\d\s*/, '').trim());
    assert.deepEqual(titres, sections, `${slug}: the sections are in the guide's order`);
    await voit('01-creation');

    const envoi = page.getByRole('button', { name: 'Créer mon espace' });
    if (script) {
      // the terms of use are below: the button opens once they were reached
      await page.evaluate(() => scrollTo(0, 0));
      await page.reload();
      assert.equal(await envoi.isDisabled(), true, `${slug}: not before the terms were read to their end`);
      await page.getByLabel('J’accepte').focus();
      await page.waitForFunction(() => !document.querySelector('.boutons .bouton').disabled);
    } else {
      assert.equal(await envoi.isDisabled(), false);
    }
    await page.waitForTimeout(2100);
    await envoi.click();
    await page.getByRole('heading', { name: /réponses sont à corriger/ }).waitFor();
    assert.match(await page.textContent('main'), /Acceptez les conditions générales/);
    await voit('02-fautes');

    await page.getByLabel('Madame').check();
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
    await page.getByLabel('J’accepte').check();
    await voit('03-remplie');
    await envoi.click();
    await page.getByRole('heading', { name: 'Regardez vos courriels' }).waitFor();
    await voit('04-envoye');

    const lien = await (async () => {
      for (let essai = 0; essai < 60; essai += 1) {
        await page.goto(`${adresse}/_courrier`);
        const trouve = await page.locator(`a[href*="/${slug}/compte/lien/"]`).first();
        if (await trouve.count()) return trouve.getAttribute('href');
        await page.waitForTimeout(250);
      }
      throw new Error('no letter');
    })();
    await page.goto(adresse + new URL(lien).pathname);
    await voit('05-activation');
    await page.getByLabel(/^Mot de passe/).first().fill(MOT);
    await page.getByRole('button', { name: 'Activer mon espace' }).click();
    assert.match(await page.textContent('main'), /Votre espace est actif/);
    await voit('06-actif');

    await page.getByRole('link', { name: 'Mon espace' }).click();
    await voit('07-compte');
    await page.getByText('Changer de mot de passe').first().click();
    await voit('08-mot-de-passe');
    await page.getByRole('button', { name: 'Se déconnecter', exact: true }).click();
    await page.getByRole('link', { name: 'Se connecter' }).click();
    await page.getByLabel(/^Identifiant/).fill(courriel);
    await page.getByLabel(/^Mot de passe/).fill('faux');
    await page.getByRole('button', { name: 'Se connecter' }).click();
    assert.match(await page.textContent('main'), /ne sont pas reconnus/);
    await voit('09-connexion-refusee');
    await page.getByLabel(/^Mot de passe/).fill(MOT);
    await page.getByRole('button', { name: 'Se connecter' }).click();
    await page.getByRole('button', { name: 'Se déconnecter', exact: true }).click();
    await page.goto(`${adresse}/${slug}/compte/oubli`);
    await voit('10-oubli');
    await page.goto(adresse + new URL(lien).pathname);
    assert.match(await page.textContent('main'), /Ce lien n’ouvre plus/);
    await voit('11-lien-passe');
  }
});
