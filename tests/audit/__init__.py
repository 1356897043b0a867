"""`make audit`: what Lighthouse, the Nu HTML checker and axe say of the shop's pages.

Lighthouse looks as a telephone on a slow network does (its own mobile throttling) at the home page,
a search, a piece and a cart, in French and Arabic; each category must reach 95. The checker reads
the HTML of every page that the walk below comes by; it must find no error. axe looks at the same.
"""
