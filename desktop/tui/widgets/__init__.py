"""What every screen is made of: tables, panes, pages, editors, text from outside made harmless."""
