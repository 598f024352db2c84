"""Ask the server of this container whether it is well, by HTTP or HTTPS; the exit status says it.

The certificate is not looked at: it names the host that clients use, and this is the loopback address.
"""

from __future__ import annotations

import http.client
import json
import ssl
import sys


def is_well(port: int) -> bool:
    """Ask by HTTP, then by HTTPS.

    Args:
        port: on which the server listens on the loopback address.
    """
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    return _says_ok(plain) or _says_ok(http.client.HTTPSConnection("127.0.0.1", port, timeout=2, context=unverified))


def _says_ok(connection: http.client.HTTPConnection) -> bool:
    try:
        connection.request("GET", "/v1/health")
        return bool(json.load(connection.getresponse())["status"] == "ok")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_well(int(sys.argv[1]) if len(sys.argv) > 1 else 8765) else 1)
