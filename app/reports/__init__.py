"""Tables of figures and their files: Excel, CSV, charts. Nothing here knows a database or a page."""
