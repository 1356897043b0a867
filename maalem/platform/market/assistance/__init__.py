"""A field agent works for an artisan: with her consent by a code, written down, undone by her."""
