"""Which addresses belong to somebody on the internet: for speaking to what a stranger names."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_EMBEDS_IPV4 = ip_network("64:ff9b::/96")
"""NAT64 (RFC 6052): its last 32 bits are an address of their own."""


def is_public(address: str) -> bool:
    """Whether an IP address belongs to somebody on the internet, and not to this machine or its surroundings."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in _EMBEDS_IPV4:
            inner = IPv4Address(int(found) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


def is_loopback(address: str) -> bool:
    return ip_address(address.partition("%")[0]).is_loopback
