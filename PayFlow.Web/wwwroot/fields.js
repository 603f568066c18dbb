// Typed fields belong to the browser. The server renders a field once and never writes into it, so a late rendering
// overwrites nothing. Changes are sent after a pause; a form's submission carries the values shown at that moment.
(() => {
  const pause = 250;
  const again = 2000;
  const fields = '[data-field]';

  // For each field that groups its digits: its text, the text without our separators, and whether it has any of ours.
  const groupings = new WeakMap();
  // Where the selection was before the edit under way.
  const selections = new WeakMap();
  const timers = new WeakMap();
  const submitted = new WeakMap();

  const valueOf = field => groupings.get(field)?.typed ?? field.value;
  const fieldsOf = form => [...form.querySelectorAll(fields)];
  const valuesOf = form => Object.fromEntries(fieldsOf(form).map(field => [field.name, valueOf(field)]));
  // A form that confirms another one is submitted with the other one's values as well.
  const allValuesOf = form => {
    const other = form.dataset.with && document.getElementById(form.dataset.with);
    return { ...(other ? valuesOf(other) : {}), ...valuesOf(form) };
  };
  const awayStates = ['show', 'retrying', 'failed', 'rejected'].map(state => `.components-reconnect-${state}`).join();
  const isAway = () => document.querySelector(awayStates) !== null;

  // Amounts: digits are grouped while they are typed. A typed separator stays, because the server decides on it.
  const withGroups = (typed, style) => {
    const point = typed.indexOf('.');
    const whole = point < 0 ? typed : typed.slice(0, point);
    const places = style === 'indian' ? /\B(?=(\d{2})*\d{3}$)/g : /\B(?=(\d{3})+$)/g;
    return whole.replace(places, ',') + (point < 0 ? '' : typed.slice(point));
  };

  const group = (field, inputType) => {
    const before = groupings.get(field) ?? { shown: '', typed: '', isOurs: false };
    const selection = selections.get(field);
    selections.delete(field);
    const shown = field.value;
    let [head, inserted, tail] = ['', shown, ''];
    if (selection && selection.shown === before.shown && !inputType?.startsWith('history')) {
      const caret = field.selectionStart;
      head = shown.slice(0, Math.min(selection.start, caret));
      tail = shown.slice(Math.max(head.length, shown.length - Math.min(selection.after, shown.length - caret)));
      inserted = shown.slice(head.length, shown.length - tail.length);
    }

    if (before.isOurs) [head, tail] = [head.replaceAll(',', ''), tail.replaceAll(',', '')];
    // Only a separator of ours was deleted: the digit beside it was meant.
    if (before.isOurs && inserted === '' && head + tail === before.typed && shown !== before.shown) {
      if (inputType === 'deleteContentForward') tail = tail.slice(1);
      else head = head.slice(0, -1);
    }

    const typed = head + inserted + tail;
    const isOurs = /^[1-9]\d*(\.\d*)?$/.test(typed);
    const now = isOurs ? withGroups(typed, field.dataset.groups) : typed;
    groupings.set(field, { shown: now, typed, isOurs });
    if (now === shown) return;
    field.value = now;
    if (document.activeElement !== field) return;
    let place = 0;
    for (let left = (head + inserted).length; left > 0; place++) if (!isOurs || now[place] !== ',') left--;
    field.setSelectionRange(place, place);
  };

  // The width of a text in ems, a little more than what the font takes.
  const width = sign => /[.,\s]/.test(sign) ? 0.35 : /\d/.test(sign) ? 0.66 : 0.85;
  const ems = text => [...text].reduce((sum, sign) => sum + width(sign), 0);

  // A long amount is set smaller, so that all of it can be read in its window.
  const size = field => {
    const frame = field.closest('[data-text]');
    if (!frame) return;
    frame.dataset.text = field.value || field.placeholder;
    const prefix = frame.parentElement.querySelector('.field-prefix')?.textContent ?? '';
    frame.parentElement.style.setProperty('--ems', ems(prefix + frame.dataset.text) + 0.5);
  };

  const write = (field, value) => {
    field.value = value;
    if (field.dataset.groups) group(field);
    size(field);
  };

  // What keeps a form from being submitted. The server checks the rest.
  const objection = field => {
    const { most, required, pattern, mismatch } = field.dataset;
    const value = valueOf(field);
    if (required && value.trim() === '') return required;
    if (most && value.length > Number(most)) return `At most ${most} characters. This has ${value.length}: shorten it.`;
    if (pattern && value !== '' && !new RegExp(`^(?:${pattern})$`, 'u').test(value)) return mismatch;
    return null;
  };

  const object = (field, text) => {
    const frame = field.closest('.field');
    const place = frame?.querySelector('[data-objection]');
    if (!place) return;
    if (place.textContent !== (text ?? '')) place.textContent = text ?? '';
    frame.toggleAttribute('data-objected', text !== null);
  };

  // A form's draft is kept with the tab: it outlives a reload, a restart of the server and the end of a session.
  const read = name => {
    try {
      return JSON.parse(sessionStorage.getItem(name));
    } catch {
      return null;
    }
  };

  const keep = (name, about, values) => {
    try {
      if (Object.values(values).every(value => value.trim() === '')) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify({ about, values, at: Date.now() }));
    } catch {
      // A browser that keeps nothing.
    }
  };

  const keepForm = form => {
    if (form?.dataset.kept) keep(form.dataset.kept, JSON.parse(form.dataset.about), valuesOf(form));
  };

  const drafts = prefix => {
    try {
      return Object.keys(sessionStorage).filter(name => name.startsWith(prefix)).map(read)
        .filter(draft => draft?.about).sort((one, other) => other.at - one.at)
        // A message to the server has a limit, and pasted text has none.
        .slice(0, 10).map(({ about, values }) => ({ about, values: { amount: (values.amount ?? '').slice(0, 60) } }));
    } catch {
      return [];
    }
  };

  // Repeat until the server confirms the value: the connection may have lost it.
  const tell = (field, wait) => {
    clearTimeout(timers.get(field));
    timers.set(field, setTimeout(() => {
      const value = valueOf(field);
      const isKnown = field.dataset.known === value || submitted.get(field) === value;
      if (!field.isConnected || isKnown || value.length > Number(field.dataset.most)) return;
      if (!isAway()) field.dispatchEvent(new CustomEvent('payflow:typed', { bubbles: true }));
      tell(field, again);
    }, wait));
  };

  const changed = (field, wait) => {
    submitted.delete(field);
    if ('known' in field.dataset) tell(field, wait);
  };

  document.addEventListener('beforeinput', ({ target }) => {
    if (!target.matches?.('[data-groups]')) return;
    const after = target.value.length - target.selectionEnd;
    selections.set(target, { shown: target.value, start: target.selectionStart, after });
  }, true);

  document.addEventListener('input', event => {
    const field = event.target;
    if (!field.matches?.(fields)) return;
    if (field.dataset.groups && !event.isComposing) group(field, event.inputType);
    size(field);
    const isTooLong = field.dataset.most && valueOf(field).length > Number(field.dataset.most);
    object(field, isTooLong ? objection(field) : null);
    // An error that the server told was about what stood here before.
    field.closest('.field')?.setAttribute('data-stale', '');
    keepForm(field.form);
    changed(field, pause);
  }, true);

  document.addEventListener('compositionend', ({ target }) => {
    if (!target.matches?.('[data-groups]')) return;
    group(target);
    size(target);
  }, true);

  // Before Blazor takes it.
  addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches?.('[data-fields]')) return;
    const all = fieldsOf(form);
    for (const field of all) object(field, objection(field));
    const wrong = all.find(field => objection(field) !== null);
    const lost = form.querySelector('[data-lost]');
    if (lost) lost.hidden = !isAway();
    if (wrong || isAway()) {
      event.preventDefault();
      event.stopImmediatePropagation();
      wrong?.focus();
      return;
    }

    for (const field of all) {
      clearTimeout(timers.get(field));
      submitted.set(field, valueOf(field));
      field.closest('.field')?.removeAttribute('data-stale');
    }
  }, true);

  // A field gets its value before anybody can type into it. An element with data-focus is focused when it appears.
  const born = node => {
    if (!(node instanceof Element)) return;
    const all = selector => [...(node.matches(selector) ? [node] : []), ...node.querySelectorAll(selector)];
    for (const field of all(fields)) {
      const form = field.form;
      const isKept = form?.dataset.kept && !('fresh' in form.dataset);
      const kept = isKept ? read(form.dataset.kept)?.values[field.name] : undefined;
      const initial = kept ?? field.dataset.initial ?? '';
      if (initial !== '') write(field, initial);
      else size(field);
    }

    for (const field of all(fields)) {
      if (field.dataset.initial) keepForm(field.form);
      if (valueOf(field) !== (field.dataset.known ?? '')) changed(field, 0);
    }

    all('[data-focus]')[0]?.focus({ preventScroll: true });
  };

  new MutationObserver(changes => {
    for (const change of changes) for (const node of change.addedNodes) if (node.isConnected) born(node);
  }).observe(document.documentElement, { childList: true, subtree: true });

  // Delete the typed texts at sign-out: the next user of this browser must not see them.
  document.addEventListener('submit', event => {
    if (new URL(event.target.action).pathname !== '/sign-out') return;
    try {
      const typed = Object.keys(sessionStorage).filter(name => name.startsWith('payflow.typed.'));
      for (const name of typed) sessionStorage.removeItem(name);
    } catch {
      // A browser that keeps nothing.
    }
  });

  Object.assign(payflow, {
    keepTyped: keep,
    typedDrafts: drafts,
    // What a form's fields hold, where it is not what the server says; null where it is.
    differs: (id, shown) => {
      const form = document.getElementById(id);
      if (!form) return null;
      const values = valuesOf(form);
      if (Object.keys(shown).every(name => !(name in values) || values[name] === shown[name])) return null;
      return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.slice(0, 1000)]));
    },
  });

  Blazor.registerCustomEventType('typed', {
    browserEventName: 'payflow:typed',
    createEventArgs: ({ target }) => ({ value: valueOf(target) }),
  });
  Blazor.registerCustomEventType('submitted', {
    browserEventName: 'submit',
    createEventArgs: ({ target }) => ({ values: allValuesOf(target) }),
  });
})();
