"""Views: plans, events, diagnostics, catalogs and states as text, JSON and Markdown. Strings out, no printing."""
