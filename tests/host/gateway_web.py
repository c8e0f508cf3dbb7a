"""A browser at the gateway's desk, without a network."""

import asyncio

import httpx


class Browser:
    def __init__(self, app, peer="192.0.2.99"):
        transport = httpx.ASGITransport(app, client=(peer, 1234))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://desk")

    async def get(self, path, **more):
        return await self.http.get(path, **more)

    async def post(self, path, body, **more):
        return await self.http.post(path, json=body, **more)

    async def delete(self, path):
        return await self.http.delete(path)


def browse(county, script):
    """Run script(gateway, browser) against a running gateway of this county."""

    async def run():
        async with county.gateway() as gateway:
            await script(gateway, Browser(gateway.page))

    asyncio.run(run())
