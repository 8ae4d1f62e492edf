"""Read by the Jupyter server that `npm start` starts: it must not outlive the process that started it."""

import os
import signal
import threading
import time


def end_with(pid):
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
