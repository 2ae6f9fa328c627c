"""The web server's settings, for script/demo and for production alike; the address is given on the command line."""

import os

workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = 4
preload_app = True  # a worker that was killed is there again at once, and workers share what was loaded
timeout = 60  # an upload of 50 MB over a slow line
graceful_timeout = 5
control_socket_disable = True  # it would lie in the home directory, where two clones meet
