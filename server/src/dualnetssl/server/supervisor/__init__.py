"""Jobs from order to outcome, whatever dies in between."""

from dualnetssl.server.supervisor.supervisor import Supervisor, slots_on

__all__ = ["Supervisor", "slots_on"]
