-- How full pages are, by what really happens to their rows.

-- A charge is changed now and then, mostly long after its page was filled.
ALTER TABLE charges SET (fillfactor = 95);
-- An intent is changed once, moments after it was written, when the versions before it on its page
-- are gone already: a little room does.
ALTER TABLE payment_intents SET (fillfactor = 90);
-- An attempt that is answered leaves the index of those that are open, and a line that is available
-- the index of those that are due: such a change never stays on its page, and needs no room there.
ALTER TABLE payment_attempts SET (fillfactor = 100);
ALTER TABLE balance_transactions SET (fillfactor = 100);
