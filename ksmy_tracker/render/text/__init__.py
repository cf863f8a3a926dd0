"""Text for people: pages, tables, lines; plain in a pipe, styled on a terminal."""
