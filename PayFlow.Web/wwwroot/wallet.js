// The few things that only the browser can do. Loaded before the first paint, so that the right theme is there at once.
(() => {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const lessMotion = matchMedia('(prefers-reduced-motion: reduce)');
  const remember = (name, value) => {
    const secure = location.protocol === 'https:' ? '; secure' : '';
    document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=31536000; samesite=lax${secure}`;
  };
  const chosen = () => (document.cookie.match(/payflow\.theme=(light|dark)/) || [])[1];
  const surroundings = () => ({ timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone });

  // A page has the colours of both themes, so that the system's preference applies before the first paint.
  const theme = choice => {
    const name = choice === 'light' || choice === 'dark' ? choice : dark.matches ? 'dark' : 'light';
    document.documentElement.dataset.theme = name;
    // The frame of an installed wallet and the address bar of a phone take the colour of the page.
    document.querySelectorAll('meta[name="theme-color"]').forEach(meta => { meta.content = meta.dataset[name]; });
  };
  dark.addEventListener('change', () => theme(chosen()));
  remember('payflow.zone', surroundings().timeZone);
  theme(chosen());

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
  const does = {
    reload: () => location.reload(),
    reconnect: () => Blazor.reconnect().then(back => back || location.reload()),
    reveal: button => {
      const field = document.getElementById(button.getAttribute('aria-controls'));
      const isShown = field.type === 'password';
      field.type = isShown ? 'text' : 'password';
      button.setAttribute('aria-pressed', String(isShown));
    },
  };
  document.addEventListener('click', event => {
    const button = event.target instanceof Element && event.target.closest('[data-does]');
    if (button) does[button.dataset.does]?.(button);
  });

  // The circuit retries until the server answers: often at first, then every few seconds, with jitter.
  const pause = attempt => attempt === 0 ? 0 : Math.min(250 * 2 ** attempt, 3000) * (0.75 + Math.random() / 2);
  document.addEventListener('DOMContentLoaded', () => {
    const reconnectionOptions = { maxRetries: Number.MAX_SAFE_INTEGER, retryIntervalMilliseconds: pause };
    globalThis.Blazor?.start({ circuit: { reconnectionOptions } });
    const bar = document.getElementById('components-reconnect-modal');
    bar?.addEventListener('components-reconnect-state-changed', ({ detail: { state } }) => {
      // The server no longer knows this page. If the last reload did not help, the user decides on another one.
      if (state !== 'rejected' || Date.now() - Number(sessionStorage.getItem('payflow.reloaded') ?? 0) < 10_000) return;
      sessionStorage.setItem('payflow.reloaded', String(Date.now()));
      location.reload();
    });
    // Blazor retries at once when the page becomes visible; retry at once when the network is back, too.
    addEventListener('online', () => document.dispatchEvent(new Event('visibilitychange')));
  });

  // Links within a page are followed by Blazor, which scrolls and leaves the focus where it was.
  document.addEventListener('click', event => {
    if (!(event.target instanceof Element && event.target.closest('.skip-link'))) return;
    event.preventDefault();
    document.getElementById('main')?.focus();
  });

  // Keys that work wherever nobody types: the lists have rows, and the navigation has the pages.
  const isTyping = element =>
    element instanceof Element && element.closest('input, textarea, select, [contenteditable]');
  const step = by => {
    const rows = [...document.querySelectorAll('main :is(a, button).row')].filter(row => row.offsetParent);
    const at = rows.indexOf(document.activeElement);
    rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)]?.focus();
  };
  const find = () => {
    const field = document.querySelector('main input[inputmode="search"]');
    if (field) field.focus();
    else document.querySelector('.rail a[href="/send"]')?.click();
  };
  const keys = {
    '/': find,
    '?': () => document.getElementById('keys')?.showModal(),
    j: () => step(1),
    k: () => step(-1),
  };
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const key = keys[event.key];
    if (!key || !document.querySelector('.rail a[href="/"]')) return;
    event.preventDefault();
    key();
  });

  // Focus the heading of new content, for screen readers and the next Tab. A focused field keeps the focus.
  const focusHeading = () => {
    if (isTyping(document.activeElement)) return;
    const heading = document.querySelector('main h1');
    heading?.setAttribute('tabindex', '-1');
    heading?.focus({ preventScroll: true });
  };

  // What somebody has seen and put away; the newest hundred are enough.
  const dismissed = name => {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? [];
    } catch {
      return [];
    }
  };
  const dismiss = (name, what) => {
    try {
      localStorage.setItem(name, JSON.stringify([...dismissed(name), what].slice(-100)));
    } catch {
      // A browser that keeps nothing shows it again next time.
    }
  };

  // Signing out ends the session, of which the open page hears before the form's answer is there.
  let isLeaving = false;
  document.addEventListener('submit', event => {
    isLeaving ||= new URL(event.target.action).pathname === '/sign-out';
  });

  // An open sheet is an entry of the history, so that Back closes it.
  const isSheet = () => history.state?.sheet === true;
  const close = async dialog => {
    if (!dialog?.open) return;
    if (isSheet()) {
      await new Promise(gone => {
        addEventListener('popstate', gone, { once: true });
        history.back();
        setTimeout(gone, 1000);
      });
    }

    if (dialog.open) dialog.close();
  };

  // A reload, or Forward, leads to the entry of a sheet that is not open. Without this, the next Back does nothing.
  const leaveClosed = () => {
    if (!isSheet() || document.querySelector('dialog.sheet[open]')) return;
    if (history.state.settled) history.replaceState({ ...history.state, sheet: false }, '');
    else history.back();
  };

  addEventListener('load', leaveClosed);
  addEventListener('popstate', () => {
    if (isSheet()) leaveClosed();
    else for (const dialog of document.querySelectorAll('dialog.sheet[open]')) dialog.close();
  });
  // The page that a sheet leads to takes the place of the sheet.
  document.addEventListener('click', event => {
    const link = event.target instanceof Element && event.target.closest('dialog.sheet[open] a[href]');
    const isModified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (!link || !isSheet() || event.button !== 0 || isModified) return;
    event.preventDefault();
    event.stopPropagation();
    Blazor.navigateTo(link.getAttribute('href'), { replaceHistoryEntry: true });
  }, true);
  document.addEventListener('cancel', event => {
    if (!event.target.matches?.('dialog.sheet')) return;
    event.preventDefault();
    if (!('busy' in event.target.dataset)) close(event.target);
  }, true);
  // The browser may close it by itself, when Escape is pressed twice.
  document.addEventListener('close', event => {
    if (event.target.matches?.('dialog.sheet') && isSheet()) history.back();
  }, true);

  globalThis.payflow = {
    leaveFor: url => { if (!isLeaving) location.assign(url); },
    remember,
    surroundings,
    theme,
    focusHeading,
    dismissed,
    dismiss,
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
    // Returns what the form holds instead, where it is not what the dialog would show.
    open: (dialog, form, shown) => {
      const differs = dialog && shown ? payflow.differs(form, shown) : null;
      if (!dialog || differs) return differs;
      if (!dialog.open) {
        dialog.showModal();
        if (!isSheet()) history.pushState({ ...history.state, sheet: true }, '');
      }

      dialog.querySelector('[data-focus]')?.focus();
      return null;
    },
    close,
    settle: url => { if (isSheet()) history.replaceState({ ...history.state, settled: true }, '', url); },
    // False where the browser keeps nothing.
    keep: (name, draft, typed) => {
      try {
        if (draft) sessionStorage.setItem(name, JSON.stringify(draft));
        else sessionStorage.removeItem(name);
        if (typed) sessionStorage.removeItem(typed);
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
