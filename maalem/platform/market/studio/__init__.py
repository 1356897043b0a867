"""Studio: the artisan's own pages."""
