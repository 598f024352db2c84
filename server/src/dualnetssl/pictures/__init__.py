"""Pictures of scans and predictions, made of arrays alone: PNG, the map's colours, planes, a sheet for each scan."""
