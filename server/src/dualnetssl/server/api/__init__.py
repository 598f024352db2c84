"""The HTTP interface under ``/v1``: thin handlers over store, blobs and supervisor, one router per resource."""
