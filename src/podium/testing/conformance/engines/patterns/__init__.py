"""The control-flow patterns that Podium has, one case each; docs/patterns.md shows them.

W.M.P. van der Aalst, A.H.M. ter Hofstede, B. Kiepuszewski, A.P. Barros: "Workflow Patterns" (2003); N. Russell and
others: "Workflow Control-Flow Patterns: A Revised View" (2006), whose numbers are used.
"""

from podium.testing.conformance.engines.case import Case
from podium.testing.conformance.engines.patterns import branching, many, outside, shapes

PATTERNS: tuple[Case, ...] = (*branching.CASES, *shapes.CASES, *many.CASES, *outside.CASES)
