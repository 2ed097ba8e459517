// Suggests French communes under a field as one types. Without this script the field takes the same text.
(() => {
  'use strict';
  const formulaire = document.querySelector('form[data-suggestions]');
  if (!formulaire || !window.fetch) return;
  const ATTENTE = 200; // milliseconds

  for (const champ of formulaire.querySelectorAll('input[data-communes]')) {
    const liste = document.getElementById(champ.getAttribute('list'));
    const groupe = champ.dataset.communes === 'adresse' ? champ.closest('fieldset') : null;
    const code = groupe && groupe.querySelector('input[name$=".code_postal"]');
    let minuterie = 0;

    const ecrit = (c) => (code ? c.nom : `${c.nom} (${c.departement})`);
    async function suggere(texte) {
      try {
        const reponse = await fetch(`${formulaire.dataset.suggestions}?q=${encodeURIComponent(texte)}`);
        if (!reponse.ok) return;
        liste.replaceChildren(...(await reponse.json()).map((c) => {
          const option = document.createElement('option');
          option.value = ecrit(c);
          option.label = `${c.nom}, ${c.codes_postaux.join(', ')}`;
          option.dataset.code = c.codes_postaux.length === 1 ? c.codes_postaux[0] : '';
          return option;
        }));
      } catch { /* what is typed is taken as it is */ }
    }

    champ.addEventListener('input', () => {
      const choisie = [...liste.options].find((o) => o.value === champ.value);
      if (choisie) {
        if (code && !code.value && choisie.dataset.code) code.value = choisie.dataset.code;
        return;
      }
      clearTimeout(minuterie);
      const texte = champ.value.replace(/\s*\(.*$/, '').trim();
      if (texte.length > 1) minuterie = setTimeout(() => suggere(texte), ATTENTE);
    });
    if (code) code.addEventListener('input', () => { if (/^\d{5}$/.test(code.value.trim())) suggere(code.value.trim()); });
  }
})();
