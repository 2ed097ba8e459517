// Keeps what is typed a few seconds after the last key. Without this script, each step keeps it when one continues.
(() => {
  'use strict';
  const formulaire = document.querySelector('form[data-brouillon]');
  const etat = document.getElementById('brouillon');
  if (!formulaire || !etat || !window.fetch) return;
  const ATTENTE = 4000; // milliseconds
  const corps = () => new URLSearchParams(new FormData(formulaire));
  let garde = corps().toString();
  let minuterie = 0;
  let envoi = false;

  async function enregistre() {
    const donnees = corps();
    if (envoi || donnees.toString() === garde) return;
    envoi = true;
    donnees.append('_auto', '1');
    try {
      const reponse = await fetch(formulaire.action, { method: 'POST', body: donnees, credentials: 'same-origin' });
      if (reponse.ok) {
        formulaire.elements._lu.value = (await reponse.text()).trim();
        donnees.delete('_auto');
        donnees.set('_lu', formulaire.elements._lu.value);
        garde = donnees.toString();
        etat.textContent = 'Brouillon enregistré.';
      } else if (reponse.status === 409) {
        etat.textContent = 'Ces réponses ont changé ailleurs : continuez pour comparer.';
        return; // the next step shows both
      } else {
        etat.textContent = 'Brouillon non enregistré pour l’instant.';
      }
    } catch {
      etat.textContent = 'Pas de connexion : brouillon non enregistré pour l’instant.';
    } finally {
      envoi = false;
    }
    if (corps().toString() !== garde) programme();
  }

  function programme() {
    clearTimeout(minuterie);
    minuterie = setTimeout(enregistre, ATTENTE);
  }

  formulaire.addEventListener('input', programme);
  formulaire.addEventListener('submit', () => clearTimeout(minuterie));
})();
