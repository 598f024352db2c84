"""What every request passes before a handler sees it: who may, what a body and a name must be, the audit."""
