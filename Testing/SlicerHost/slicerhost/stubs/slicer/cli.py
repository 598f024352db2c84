"""Stand-in for slicer.cli: command line modules are programs of the application, which is not here."""


def _refuse(cliModule, *_, **__):
    raise NotImplementedError(f"command line module {cliModule.name} does not exist in the test host")


run = runSync = createNode = _refuse
