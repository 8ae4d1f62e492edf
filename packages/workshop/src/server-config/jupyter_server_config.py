"""Read by the Jupyter server that `npm start` starts."""

import os
import re
import signal
import threading
import time


def end_with(pid):
    """Ends this server with the process that started it, which it must not outlive."""
    while True:
        time.sleep(1)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            os.kill(os.getpid(), signal.SIGTERM)
            return


starter = os.environ.get("BEDROCK_STARTER_PID", "")
if os.name == "posix" and starter.isdigit():
    threading.Thread(target=end_with, args=(int(starter),), daemon=True).start()

# In GitHub Codespaces the page comes from the forwarded port's own address, while requests arrive as for localhost:
# without this, kernels stay "connecting". Only this codespace's addresses are let in, and they need the token, too.
codespace = os.environ.get("CODESPACE_NAME", "")
domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "")
if codespace and domain:
    c.ServerApp.allow_origin_pat = rf"https://{re.escape(codespace)}-\d+\.{re.escape(domain)}$"  # noqa: F821
