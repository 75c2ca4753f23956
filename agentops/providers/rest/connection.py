"""Opens the way to one account: the client, its speed, its retries."""

from agentops.domain.errors import ProjectError
from agentops.domain.platform import Platform
from agentops.providers.rest.http import Client, WsgiApp, host_of, is_loopback
from agentops.providers.rest.limits import SHARED, Bucket, OnWait, Sleep
from agentops.providers.rest.retries import Caller


def open_caller(
    platform: Platform,
    token: str,
    *,
    base_url: str,
    wsgi_app: WsgiApp | None,
    unlimited: bool,
    proxied: bool,
    read_only: bool,
    on_wait: OnWait | None,
    sleep: Sleep,
) -> Caller:
    """Raises ProjectError for a base URL or a token that cannot be one."""
    address = base_url or platform.base_url
    if not address:
        raise ProjectError(f"{platform.title} has no address of its own", hint="give the environment a `base_url`")
    client = Client(address, token, wsgi_app=wsgi_app, proxied=proxied)
    host = host_of(client.base_url)
    free = unlimited or wsgi_app is not None or is_loopback(host.rsplit(":", 1)[0].strip("[]"))
    return Caller(
        platform.name,
        client,
        Bucket(rate=0) if free else SHARED.of(host, token),
        redact=(token,),
        read_only=read_only,
        sleep=sleep,
        on_wait=on_wait,
    )
