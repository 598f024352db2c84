# Packaging is the build factory's work.
