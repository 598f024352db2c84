"""What every section of the panel is given: scene, state, settings, messages, words."""
