"""Check uploaded volumes in processes of their own: a hostile file can kill one of them and nothing else.

This side imports neither numpy nor SimpleITK; the other side is `dualnetssl.server.inspection.inspector`.
"""

from dualnetssl.server.inspection.facts import CaseFacts
from dualnetssl.server.inspection.pool import PARALLEL, Inspectors, inspect_case, protection

__all__ = ["PARALLEL", "CaseFacts", "Inspectors", "inspect_case", "protection"]
