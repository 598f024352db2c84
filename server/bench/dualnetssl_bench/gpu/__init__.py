"""What ``bench gpu`` consists of: everything worth measuring on a GPU, in the few minutes that one can be had."""
