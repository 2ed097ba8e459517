// Forms of accounts: shows a password on request, opens the button once the terms of use were read to their end, and does a
// small work that a robot would have to do a thousand times. Without this script the same forms are sent as they are.
(() => {
  'use strict';
  const BITS = 16;
  const PAR_FOIS = 400; // digests between two breaths

  for (const champ of document.querySelectorAll('input[type=password]')) {
    const bouton = document.createElement('button');
    bouton.type = 'button';
    bouton.className = 'montrer';
    const libelle = (montre) => {
      bouton.textContent = montre ? 'Masquer' : 'Afficher';
      bouton.setAttribute('aria-pressed', String(montre));
      bouton.setAttribute('aria-label', `${montre ? 'Masquer' : 'Afficher'} : ${champ.labels[0].firstChild.textContent.trim()}`);
    };
    bouton.addEventListener('click', () => {
      champ.type = champ.type === 'password' ? 'text' : 'password';
      libelle(champ.type === 'text');
    });
    libelle(false);
    champ.after(bouton);
    champ.form.addEventListener('submit', () => { champ.type = 'password'; });
  }

  for (const fin of document.querySelectorAll('[data-fin-des-conditions]')) {
    const envoi = fin.closest('form').querySelector('.boutons .bouton');
    if (fin.querySelector('input').checked || !window.IntersectionObserver) continue;
    envoi.disabled = true;
    const lues = () => { envoi.disabled = false; vue.disconnect(); };
    const vue = new IntersectionObserver((entrees) => { if (entrees.some((e) => e.isIntersecting)) lues(); });
    vue.observe(fin);
    // by keyboard, or read aloud: the box stands after the text
    fin.addEventListener('focusin', lues);
    fin.addEventListener('change', lues);
  }

  const formulaire = document.querySelector('form[data-compte]');
  const controle = document.querySelector('[data-controle]');
  const depart = formulaire && formulaire.elements._depart;
  if (!depart || !controle || !window.crypto || !crypto.subtle) return;

  const zeros = (octets) => {
    let bits = 0;
    for (const o of octets) {
      bits += Math.clz32(o) - 24;
      if (o) break;
    }
    return bits;
  };
  async function cherche() {
    const texte = new TextEncoder();
    for (let n = 0; ; n += PAR_FOIS) {
      const lot = await Promise.all(Array.from({ length: PAR_FOIS }, (_, i) =>
        crypto.subtle.digest('SHA-256', texte.encode(`${depart.value}:${n + i}`))));
      const i = lot.findIndex((d) => zeros(new Uint8Array(d)) >= BITS);
      if (i >= 0) return String(n + i);
      await new Promise((suite) => setTimeout(suite));
    }
  }
  let preuve = null;
  const commence = () => {
    if (preuve) return preuve;
    controle.textContent = 'en cours…';
    preuve = cherche().then((n) => {
      formulaire.elements._preuve.value = n;
      controle.textContent = 'fait.';
    });
    return preuve;
  };
  formulaire.addEventListener('focusin', commence, { once: true });
  formulaire.addEventListener('submit', (evenement) => {
    if (formulaire.elements._preuve.value) return;
    evenement.preventDefault();
    commence().then(() => formulaire.requestSubmit());
  });
})();
