-- A held key's row grows by its answer a moment later: leave room for it on the same page.
ALTER TABLE idempotency_keys SET (fillfactor = 20);
