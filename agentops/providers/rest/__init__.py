"""What all providers over REST share: specs, codec, listings, retries, limits, and the door to httpx."""
