"""Real servers for measurements: started, fed with folders and uploads, watched."""
