"""How much a public body publishes of a year, in which form and how soon: computed from what is stored here.

Only from evidence: files, releases, moments, dates, formats. What nobody has looked for or loaded is “not on record
here”, which is not the same as “not published”; what cannot be judged leaves the sum together with its weight.
"""

from .scoring import DIMENSIONS, VERSION, Score, score, weights

__all__ = ["DIMENSIONS", "VERSION", "Score", "score", "weights"]
