// The few things that only the browser can do. Loaded before the first paint, so that the right theme is there at once.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
  const remember = (name, value) => {
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${location.protocol === 'https:' ? '; secure' : ''}`;
  };
  const chosen = () => (document.cookie.match(/payflow\.theme=(light|dark)/) || [])[1];
  const surroundings = () => ({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, isDark: dark.matches });
  const theme = isDark => { document.documentElement.dataset.theme = isDark ? 'dark' : 'light'; };

  const isFirstVisit = !document.cookie.includes('payflow.system=');
  remember('payflow.system', dark.matches ? 'dark' : 'light');
  remember('payflow.zone', surroundings().timeZone);
  theme(chosen() ? chosen() === 'dark' : dark.matches);
  // The server did not know yet what the system prefers; before the first paint nobody sees that the page is asked for again.
  if (isFirstVisit && dark.matches && !chosen() && document.cookie.includes('payflow.system=dark')) location.reload();

  // Runs the digits of an amount from one text to another; the text's own grouping and symbol stay.
  const count = (element, from, to) => {
    const node = element && element.firstChild;
    if (!node || lessMotion.matches) return;
    const digits = text => Number(text.replace(/[^0-9]/g, ''));
    const [start, end] = [digits(from), digits(to)];
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start === end) return;
    const shape = value => {
      let rest = String(value).padStart(to.replace(/[^0-9]/g, '').length, '0').split('');
      return to.replace(/[0-9]/g, () => rest.shift() ?? '');
    };
    const began = performance.now();
    let written = to;
    const step = now => {
      // Something else is shown meanwhile: a newer amount, or dots.
      if (node.nodeValue !== written) return;
      const part = Math.min(1, (now - began) / 500);
      const eased = 1 - Math.pow(1 - part, 3);
      written = part < 1 ? shape(Math.round(start + (end - start) * eased)) : to;
      node.nodeValue = written;
      if (part < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  };

  const fallbackCopy = text => {
    const area = document.createElement('textarea');
    area.value = text;
    area.style.position = 'fixed';
    area.style.opacity = '0';
    (document.querySelector('dialog[open]') || document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  };

  // Buttons that work while there is no circuit; inline handlers are not allowed to run.
  document.addEventListener('click', event => {
    const does = event.target instanceof Element && event.target.closest('[data-does]')?.dataset.does;
    if (does === 'reload') location.reload();
    else if (does === 'reconnect') Blazor.reconnect().then(back => back || location.reload());
  });

  // Links within a page are followed by Blazor, which scrolls and leaves the focus where it was.
  document.addEventListener('click', event => {
    if (!(event.target instanceof Element && event.target.closest('.skip-link'))) return;
    event.preventDefault();
    document.getElementById('main')?.focus();
  });

  // Signing out ends the session, of which the open page hears before the form's answer is there.
  let isLeaving = false;
  document.addEventListener('submit', event => { isLeaving ||= new URL(event.target.action).pathname === '/sign-out'; });

  globalThis.payflow = {
    signInAgain: url => { if (!isLeaving) location.assign(url); },
    remember,
    surroundings,
    theme,
    count,
    copy: async text => {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return fallbackCopy(text);
      }
    },
    // A field may be gone again by the time that this is asked for.
    focus: field => field?.focus(),
    open: dialog => { if (dialog && !dialog.open) dialog.showModal(); },
    close: dialog => { if (dialog && dialog.open) dialog.close(); },
    // False where the browser keeps nothing.
    keep: (name, draft) => {
      try {
        if (draft) sessionStorage.setItem(name, JSON.stringify(draft));
        else sessionStorage.removeItem(name);
        return true;
      } catch {
        return false;
      }
    },
    kept: name => {
      try {
        return JSON.parse(sessionStorage.getItem(name));
      } catch {
        return null;
      }
    },
  };
})();
