"""From folders to cases: which file is which scan or label, what the classes are called, what cannot be used."""
