"""Messages to browsers by Web Push.

plug.py         the port: where messages may go, who signs them, what the answers mean
encryption.py   what only one browser can read
"""

from aisubs.adapters.notifier.web_push.plug import WebPush

__all__ = ["WebPush"]
