"""Podium conducts agents and tools: workflows that are routed, durable and correct when things fail."""
