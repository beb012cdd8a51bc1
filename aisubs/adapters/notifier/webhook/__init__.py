"""Webhooks: messages to people's own programs."""

from aisubs.adapters.notifier.webhook.plug import Webhooks

__all__ = ["Webhooks"]
