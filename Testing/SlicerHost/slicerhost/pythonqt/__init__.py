"""PythonQt as Slicer has it, on PySide6: objects, properties, signals, forms, and dialogs that are recorded."""
