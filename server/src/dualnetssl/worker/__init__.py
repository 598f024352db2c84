"""The process that does one job: loop, checkpoints, kinds of job, and what a device can bear."""
